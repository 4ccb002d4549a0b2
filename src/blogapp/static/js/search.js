// Finds while one types. Without this the form does the same.

const PAUSE = 200;
const form = document.querySelector("form.search");
const field = form.elements.q;
let timer;
let underway;
let shown = field.value;

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, PAUSE);
});

async function find() {
  const line = field.value;
  if (line === shown) return;
  underway?.abort();
  underway = new AbortController();
  const address = `${form.getAttribute("action")}${line ? `?${new URLSearchParams({ q: line })}` : ""}`;
  const page = await read(address, underway.signal);
  if (!page || field.value !== line) return;
  shown = line;
  show(page);
  history.replaceState(history.state, "", address);
}

// What can't be answered now leaves the page as it is: the button is still there.
async function read(address, signal) {
  try {
    const answer = await fetch(address, { signal });
    if (!answer.ok && answer.status !== 422) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

// The line that tells how many there are stays, so that it is read aloud when it changes.
function show(page) {
  const found = document.getElementById("found");
  const news = page.getElementById("found");
  const status = found.querySelector("[role=status]");
  status.textContent = news.querySelector("[role=status]").textContent;
  news.querySelector("[role=status]").remove();
  found.replaceChildren(status, ...news.children);
  document.title = page.title;
  complain(page.getElementById("q-error"));
}

function complain(problem) {
  document.getElementById("q-error")?.remove();
  field.toggleAttribute("aria-invalid", Boolean(problem));
  field.setAttribute("aria-describedby", problem ? "q-error q-hint" : "q-hint");
  if (!problem) return;
  field.setAttribute("aria-invalid", "true");
  document.getElementById("q-hint").before(problem);
}
