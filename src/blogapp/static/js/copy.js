// Gives each block of code a button that copies it, and lets the link to a post be copied by a click. Without the right to do
// so (plain HTTP) there is no button, and the link is one like others.

const LASTS = 2000;
const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");

if (navigator.clipboard) {
  document.body.append(said);
  for (const code of document.querySelectorAll(".prose pre")) offer(code);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-copy]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    copy(link, link.href);
  });
}

function offer(code) {
  const button = document.createElement("button");
  button.className = "copy";
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy this code");
  const frame = document.createElement("div");
  frame.className = "code";
  code.replaceWith(frame);
  frame.append(code, button);
  button.addEventListener("click", () => copy(button, code.innerText.trimEnd()));
}

async function copy(presser, words) {
  presser.usual ??= { words: presser.textContent, label: presser.getAttribute("aria-label") };
  const done = await navigator.clipboard.writeText(words).then(() => true, () => false);
  presser.textContent = said.textContent = done ? "Copied" : "Not copied";
  presser.removeAttribute("aria-label");
  clearTimeout(presser.waits);
  presser.waits = setTimeout(() => {
    presser.textContent = presser.usual.words;
    if (presser.usual.label) presser.setAttribute("aria-label", presser.usual.label);
  }, LASTS);
}
