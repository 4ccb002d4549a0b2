// The cover in the form of a post: seen as soon as it is chosen or dropped, and sent to the library at once.

const box = document.querySelector(".choosing");
const form = box.closest("form");
const file = form.elements.file;
const alt = form.elements.cover_alt;
const choices = box.querySelector(".choices");
const said = Object.assign(document.createElement("p"), { className: "hint" });
let words = chosen()?.dataset.alt ?? "";

said.setAttribute("role", "status");
file.after(said);

function chosen() {
  return choices.querySelector("input:checked");
}

// Words that came with another picture go with it; those that somebody typed stay.
function describe() {
  const mine = chosen().dataset.alt ?? "";
  if (!alt.value || alt.value === words) alt.value = mine;
  words = mine;
}

function offer({ url, srcset, alt: shown }) {
  const there = [...choices.querySelectorAll("input")].find((input) => input.value && url.endsWith(input.value));
  if (there) return there;
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "cover", value: url });
  const image = Object.assign(document.createElement("img"), { src: srcset.split(" ")[0] || url, alt: "", width: 96, height: 72 });
  input.dataset.alt = shown;
  const name = Object.assign(document.createElement("span"), { className: "unseen", textContent: shown || "The picture you have sent" });
  label.append(input, image, name);
  choices.querySelector(".none").after(label);
  return input;
}

async function send(picture) {
  said.textContent = `Sending ${picture.name}.`;
  const body = new FormData();
  body.append("file", picture);
  const answer = await fetch(form.dataset.media, { method: "POST", body }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok) {
    const reason = told?.errors?.[0]?.message ?? told?.detail ?? "the blog can't be reached. Try again when it can.";
    said.textContent = `${picture.name} was not taken: ${reason}`;
    file.value = "";
    return;
  }
  offer(told).checked = true;
  file.value = "";
  describe();
  chosen().dispatchEvent(new Event("input", { bubbles: true }));
  said.textContent = "This is the cover now. Say below what it shows.";
}

choices.addEventListener("change", describe);
file.addEventListener("change", () => { if (file.files.length) send(file.files[0]); });
box.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
box.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  send(event.dataTransfer.files[0]);
});
