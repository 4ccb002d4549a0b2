// Likes and saves without leaving the place where one reads.

const place = document.getElementById("reader");

place.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const position = [...place.children].indexOf(form);
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  const made = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("reader");
  if (!made) return form.submit();
  place.replaceChildren(...made.childNodes);
  place.children[position]?.querySelector("button")?.focus();
});
