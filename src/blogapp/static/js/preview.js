// The page of what is typed, made by the blog's own renderer: beside the text, or below it where there is no room.

const AFTER = 500;

export function previewing(form, bar) {
  const { title, content } = form.elements;
  const editor = form.closest(".editor");
  const panel = Object.assign(document.createElement("section"), { className: "preview", hidden: true });
  panel.setAttribute("aria-label", "Preview");
  const heading = document.createElement("p");
  heading.className = "preview-title";
  const prose = Object.assign(document.createElement("div"), { className: "prose" });
  const figure = Object.assign(document.createElement("figure"), { className: "cover", hidden: true });
  const caption = document.createElement("figcaption");
  const image = document.createElement("img");
  figure.append(image, caption);
  panel.append(heading, figure, prose);
  const wide = matchMedia("(min-width: 64rem)");
  const place = () => (wide.matches ? editor.append(panel) : content.parentElement.after(panel));
  wide.addEventListener("change", place);
  place();
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Preview", className: "toggle" });
  button.setAttribute("aria-pressed", "false");
  bar.append(button);
  let timer = 0;
  let asked = 0;

  async function show() {
    if (panel.hidden) return;
    asked += 1;
    const turn = asked;
    const { cover, cover_alt: alt, cover_caption: below } = form.elements;
    const body = JSON.stringify({ content: content.value, cover: cover.value, cover_alt: alt.value, cover_caption: below.value });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(form.dataset.preview, { method: "POST", headers, body }).catch(() => null);
    if (turn !== asked) return;
    heading.textContent = title.value;
    if (answer?.ok) {
      const made = await answer.json();
      prose.innerHTML = made.html;
      picture(made.cover);
    } else prose.textContent = "There is no preview just now: the blog can't be reached, or the text is too large.";
  }

  function picture(cover) {
    figure.hidden = !cover;
    if (!cover) return;
    const { url: src, srcset, width, height, alt } = cover;
    Object.assign(image, { sizes: "(min-width: 64rem) 40rem, 100vw", srcset, src, width, height, alt });
    caption.textContent = cover.caption;
    caption.hidden = !cover.caption;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(show, AFTER);
  }

  button.onclick = () => {
    panel.hidden = !panel.hidden;
    editor.classList.toggle("previewed", !panel.hidden);
    button.setAttribute("aria-pressed", String(!panel.hidden));
    show();
    if (!panel.hidden) panel.scrollIntoView({ block: wide.matches ? "nearest" : "start" });
  };
  form.addEventListener("input", later);
}
