// Gives each block of code a button that copies it. Without the right to do so (plain HTTP) there is none.

const LASTS = 2000;
const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");

if (navigator.clipboard) {
  document.body.append(said);
  for (const code of document.querySelectorAll(".prose pre")) offer(code);
}

function offer(code) {
  const button = document.createElement("button");
  button.className = "copy";
  button.type = "button";
  const frame = document.createElement("div");
  frame.className = "code";
  code.replaceWith(frame);
  frame.append(code, button);
  tell(button, "Copy");
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(code.innerText.trimEnd()).then(() => true, () => false);
    tell(button, done ? "Copied" : "Not copied");
    said.textContent = button.textContent;
    setTimeout(() => tell(button, "Copy"), LASTS);
  });
}

function tell(button, words) {
  button.textContent = words;
  button.setAttribute("aria-label", words === "Copy" ? "Copy this code" : words);
}
