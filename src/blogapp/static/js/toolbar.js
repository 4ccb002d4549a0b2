// Marks of Markdown by buttons and keys, on what is selected. Each is one step of the browser's own undo.

const IS_MAC = navigator.platform.startsWith("Mac");

const MARKS = [
  { name: "Bold", sign: "B", key: "b", act: (area) => around(area, "**", "bold") },
  { name: "Italic", sign: "I", key: "i", act: (area) => around(area, "*", "slanted") },
  { name: "Link", sign: "Link", key: "k", act: link },
  { name: "Code", sign: "Code", key: "e", act: (area) => (selected(area).includes("\n") ? fence(area) : around(area, "`", "code")) },
  { name: "Heading", sign: "Heading", act: (area) => lines(area, () => "## ", /^#{1,6} /) },
  { name: "List", sign: "List", act: (area) => lines(area, () => "- ", /^[-*+] /) },
  { name: "Numbered list", sign: "1.", act: (area) => lines(area, (number) => `${number}. `, /^\d+\. /) },
  { name: "Quote", sign: "Quote", act: (area) => lines(area, () => "> ", /^> ?/) },
  { name: "Picture", sign: "Picture", act: (area, choose) => choose() },
];

// The row of buttons for a textarea; `choose` lets its writer choose a picture.
export function toolbar(area, choose) {
  const bar = Object.assign(document.createElement("div"), { className: "toolbar" });
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Marks");
  for (const { name, sign, key, act } of MARKS) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
    button.title = key ? `${name} (${IS_MAC ? "⌘" : "Ctrl+"}${key.toUpperCase()})` : name;
    button.setAttribute("aria-label", name);
    button.onmousedown = (event) => event.preventDefault();
    button.onclick = () => { area.focus(); act(area, choose); };
    bar.append(button);
  }
  area.addEventListener("keydown", (event) => {
    if (!(IS_MAC ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
    const mark = MARKS.find((one) => one.key === event.key.toLowerCase());
    if (!mark) return;
    event.preventDefault();
    mark.act(area);
  });
  return bar;
}

function selected(area) {
  return area.value.slice(area.selectionStart, area.selectionEnd);
}

// Puts text in place of the selection and selects `length` characters of it from `start` on.
export function put(area, text, start, length) {
  const from = area.selectionStart;
  if (document.activeElement !== area || !document.execCommand("insertText", false, text)) {
    area.setRangeText(text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(from + start, from + start + length);
}

function around(area, mark, instead) {
  const text = selected(area) || instead;
  const isMarked = text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark);
  if (isMarked) put(area, text.slice(mark.length, -mark.length), 0, text.length - 2 * mark.length);
  else put(area, mark + text + mark, mark.length, text.length);
}

function link(area) {
  const text = selected(area);
  if (/^https?:\/\/\S+$/.test(text)) put(area, `[words](${text})`, 1, 5);
  else put(area, `[${text || "words"}](https://)`, (text || "words").length + 3, 8);
}

function fence(area) {
  put(area, `\`\`\`\n${selected(area).replace(/\n$/, "")}\n\`\`\``, 3, 0);
}

// Marks whole lines, or takes the mark away where all of them have it.
function lines(area, mark, marked) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const end = area.value.indexOf("\n", area.selectionEnd);
  area.setSelectionRange(from, end < 0 ? area.value.length : end);
  const old = selected(area).split("\n");
  const all = old.every((one) => marked.test(one));
  const made = old.map((one, index) => (all ? one.replace(marked, "") : mark(index + 1) + one)).join("\n");
  put(area, made, 0, made.length);
}
