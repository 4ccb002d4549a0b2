// Tells the reader of a page what has happened since it was opened, and changes nothing by itself.
//
// <div id="live" data-live="/api/live" data-topics="posts" role="status"></div> is filled with one notice at most.

import { listen } from "./socket.js";

const place = document.getElementById("live");
const post = place.dataset.post;

const news = new Set();
let ready = false;
let missed = false;
let comments = 0;

listen({ address: place.dataset.live, topics: place.dataset.topics, begin, hear, caughtUp, missedSome });

function begin() {
  ready = false;
}

function missedSome() {
  setTimeout(lookAgain, Math.random() * 5000);
}

function hear(event) {
  if (event.type === "notification.created") return;
  if (post) hearOfPost(event);
  else hearOfPosts(event);
}

// What the page was made of may be newer than what it says, so its text is looked at before anything is said of it.
function caughtUp() {
  ready = true;
  if (missed) lookAgain();
  missed = false;
}

function hearOfPosts({ type, post_id: id, url }) {
  if (type === "post.created" && !document.querySelector(`main a[href="${CSS.escape(url)}"]`)) news.add(id);
  else if (type === "post.deleted") news.delete(id);
  else return;
  sayHowMany(news.size);
}

function hearOfPost({ type, url }) {
  if (!ready) missed = true;
  else if (type === "post.updated") sayEdited(url);
  else if (type === "post.deleted") sayDeleted();
  else if (type === "comment.created") sayCommented((comments += 1), url);
}

// Something was missed, so what is shown is held against what there is now. Pages of older posts have none of it.
async function lookAgain() {
  if (!post && location.search) return;
  const answer = await fetch(post ? location.href : place.dataset.home).catch(() => null);
  if (!answer) return;
  if (post && answer.status === 404) sayDeleted();
  if (!answer.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (post) {
    const unseen = said(now) - said(document);
    if (text(now) !== text(document)) sayEdited(new URL(answer.url).pathname);
    else if (unseen > 0) sayCommented((comments = unseen), "#comments");
    return;
  }
  const shown = new Set(posts(document));
  const unseen = posts(now);
  const known = unseen.findIndex((address) => shown.has(address));
  sayHowMany(Math.max(news.size, known < 0 ? unseen.length : known));
}

const text = (page) => page.querySelector(".post h1")?.textContent + page.querySelector(".post .prose")?.textContent;
const said = (page) => page.querySelectorAll(".said").length;
const posts = (page) => [...page.querySelectorAll(".entry h2 a")].map((link) => link.getAttribute("href"));

function sayHowMany(count) {
  if (count) say(link(count === 1 ? "1 new post" : `${count} new posts`, place.dataset.home));
  else place.replaceChildren();
}

function sayEdited(url) {
  const show = link("Show the new text", url);
  show.addEventListener("click", (event) => {
    if (url !== location.pathname) return;
    event.preventDefault();
    location.reload();
  });
  say("This post was edited.", show);
}

function sayCommented(count, url) {
  const show = link(count === 1 ? "1 new comment" : `${count} new comments`, url);
  show.addEventListener("click", () => url.startsWith("#") && setTimeout(() => location.reload()));
  say(show);
}

function sayDeleted() {
  say("This post was deleted.");
}

function link(words, url) {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = words;
  return made;
}

function say(...parts) {
  const notice = document.createElement("p");
  notice.append(...parts.flatMap((part) => [part, " "]).slice(0, -1));
  place.replaceChildren(notice);
}
