// The form of a post, made pleasant: what is typed is kept, marks are set by buttons and keys, its page is shown beside it.

import { Keeper } from "./keeper.js";
import { pictures } from "./pictures.js";
import { previewing } from "./preview.js";
import { toolbar } from "./toolbar.js";

const form = document.getElementById("editor");
const { content, zone, publish_at: due } = form.elements;
const WORDS_A_MINUTE = 230;
const OPEN_EVERY = 20_000;

function element(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

let choosePicture;
const bar = toolbar(content, () => choosePicture());
content.before(bar);
const line = element("div", { className: "typed" });
const count = element("span");
const status = element("span", { role: "status" });
const others = element("span", { role: "status" });
const picture = element("span", { role: "status" });
line.append(count, status, others, picture);
content.after(line);

function tell() {
  const words = content.value.trim().split(/\s+/).filter(Boolean).length;
  const minutes = Math.max(1, Math.round(words / WORDS_A_MINUTE));
  const reading = words ? `, ${minutes} minute${minutes === 1 ? "" : "s"} to read` : "";
  count.textContent = `${words.toLocaleString()} word${words === 1 ? "" : "s"}${reading}`;
}

content.addEventListener("input", tell);
tell();

const keeper = new Keeper(form, (words) => { status.textContent = words; }, signIn);
document.getElementById("preview-page").remove();
previewing(form, bar);
choosePicture = pictures(form, bar, (words) => { picture.textContent = words; }, signIn);
keeper.offer((kept, use) => notice(`This browser has kept ${kept.title ? `“${kept.title}”` : "a text"} of ${kept.when} that was not saved.`, kept.pieces, use));

// A text that only this browser has, with what differs, before anything is typed over it.
function notice(words, pieces, use) {
  const place = element("div", { className: "notices" });
  const box = element("div", { className: "notice" });
  const shown = element("div", { className: "compared" });
  for (const { kind, text } of pieces) {
    const tag = { gone: "del", new: "ins" }[kind];
    shown.append(tag ? element(tag, { textContent: text }) : text);
  }
  const actions = element("div", { className: "actions" });
  for (const [label, wanted] of [["Use it", true], ["Throw it away", false]]) {
    const button = element("button", { type: "button", className: "button quiet small", textContent: label });
    button.onclick = () => { place.remove(); use(wanted); tell(); };
    actions.append(button);
  }
  box.setAttribute("role", "status");
  box.append(element("p", { textContent: words }), ...(pieces.length ? [shown] : []), actions);
  place.append(box);
  form.parentElement.before(place);
}

// The session is over: signing in again happens here, and the text stays where it is.
function signIn() {
  if (document.getElementById("again")) return;
  const dialog = element("dialog", { id: "again", className: "panel" });
  const again = element("form", { className: "form", method: "dialog" });
  const wrong = element("p", { className: "wrong", role: "alert" });
  again.append(element("h2", { textContent: "Please log in again" }), element("p", { textContent: "Your text is safe. Log in, and it is saved." }));
  for (const [name, type, label] of [["email", "email", "E-mail"], ["password", "password", "Password"]]) {
    const field = element("div", { className: "field" });
    const complete = name === "email" ? "username" : "current-password";
    field.append(element("label", { htmlFor: `again-${name}`, textContent: label }), element("input", { id: `again-${name}`, name, type, required: true, autocomplete: complete }));
    again.append(field);
  }
  again.append(wrong, element("button", { className: "button", textContent: "Log in" }));
  again.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await fetch(form.dataset.login, { method: "POST", body: new URLSearchParams(new FormData(again)), redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") {
      wrong.textContent = answer ? "That did not work. Look at the address and the password again." : "The blog can't be reached.";
      return;
    }
    dialog.close();
    dialog.remove();
    keeper.push();
  };
  dialog.append(again);
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

async function sayHere() {
  if (document.hidden) return;
  const answer = await fetch(form.dataset.here, { method: "POST" }).catch(() => null);
  if (!answer?.ok) return;
  const { version, others: names } = await answer.json();
  const said = names.length ? [`${names.join(" and ")} ${names.length > 1 ? "have" : "has"} this post open, too.`] : [];
  if (version > Number(form.elements.version.value)) said.push("It was saved meanwhile: saving puts both together, or shows you what differs.");
  others.textContent = said.join(" ");
}

if (form.dataset.here) {
  sayHere();
  setInterval(sayHere, OPEN_EVERY);
}

// Times in the writer's own zone; without this they are UTC, and the form says so.
function useOwnZone() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!own || zone.value !== "UTC") return;
  if (due.value) {
    const moment = new Date(`${due.value}Z`);
    due.value = new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  zone.value = own;
  document.getElementById("publish_at-hint").textContent = `For a scheduled post. The time is that of ${own.replaceAll("_", " ")}.`;
}

useOwnZone();
form.addEventListener("input", ({ target }) => { if (keeper.holds(target.name)) keeper.typed(); });
if (!keeper.isPushed()) keeper.typed();

// The button says what it does in the chosen state.
const button = form.querySelector("button.button:not([type])");
const state = form.elements.state;
const wording = button.textContent;
const NAMES = { published: "Publish", draft: "Save the draft", scheduled: "Schedule", unlisted: "Save", private: "Save" };
if (!form.dataset.post) state.addEventListener("change", () => { button.textContent = NAMES[state.value] ?? wording; });
