// Pictures that are pasted, dropped or chosen: sent to the blog, and their Markdown put where the caret was.

import { put } from "./toolbar.js";

const KINDS = "image/jpeg,image/png,image/webp,image/gif,image/avif";
const UNSENT = "could not be sent: the blog can't be reached. Try again when it can.";
let sent = 0;

export function pictures(form, bar, say, signIn) {
  const area = form.elements.content;
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: KINDS, multiple: true, hidden: true });
  chooser.setAttribute("aria-label", "Pictures");
  bar.append(chooser);
  const take = async (files) => {
    for (const file of files) await upload(form.dataset.media, area, file, say, signIn);
  };
  chooser.onchange = () => take([...chooser.files]).then(() => { chooser.value = ""; });
  area.addEventListener("paste", (event) => caught(event, event.clipboardData, take));
  area.addEventListener("drop", (event) => caught(event, event.dataTransfer, take));
  area.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  return () => { area.focus(); chooser.click(); };
}

// What office programs copy is a picture of its text, too: then the text is meant.
function caught(event, data, take) {
  if (!data.files.length || data.types.includes("text/plain")) return;
  event.preventDefault();
  take([...data.files]);
}

async function upload(address, area, file, say, signIn) {
  const alt = area.value.slice(area.selectionStart, area.selectionEnd).replace(/\s+/g, " ");
  sent += 1;
  const place = `![Picture ${sent} is being sent]()`;
  put(area, place, place.length, 0);
  say(`Sending ${file.name}.`);
  const body = new FormData();
  body.append("file", file);
  if (alt) body.append("alt", alt);
  const answer = await fetch(address, { method: "POST", body }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  replace(area, place, answer?.ok ? told.markdown : alt);
  if (answer?.status === 401) signIn();
  say(answer?.ok ? "The picture is in its place. Say between the brackets what it shows." : `${file.name} ${refusal(told)}`);
}

function refusal(told) {
  const reason = told?.errors?.[0]?.message ?? told?.detail;
  return reason ? `was not taken: ${reason}` : UNSENT;
}

// Wherever the caret is by now, it stays there; one that waited beside the picture goes between its brackets.
function replace(area, place, text) {
  const at = area.value.indexOf(place);
  if (at < 0) return;
  const { selectionStart: start, selectionEnd: end } = area;
  const waited = start === at + place.length && text.startsWith("![");
  const moved = (position) => (position > at ? Math.max(at, position + text.length - place.length) : position);
  area.setSelectionRange(at, at + place.length);
  put(area, text, 0, 0);
  if (waited) area.setSelectionRange(at + 2, text.indexOf("](") + at);
  else area.setSelectionRange(moved(start), moved(end));
}
