// Counts what its reader is told of while the page is open, without asking for it again.

import { listen } from "./socket.js";

const MOST_SHOWN = 99;

const bell = document.getElementById("bell");
const [number, words] = [bell.querySelector(".new"), bell.lastElementChild];
let unseen = Number.parseInt(number.textContent || "0", 10);

listen({ address: bell.dataset.live, topics: "me", hear, missedSome });

function hear({ type }) {
  if (type === "notification.created") show(unseen + 1);
}

async function missedSome() {
  const answer = await fetch(`${bell.dataset.notices}?per_page=1`).catch(() => null);
  if (answer?.ok) show((await answer.json()).unseen);
}

function show(count) {
  unseen = count;
  number.textContent = count > MOST_SHOWN ? `${MOST_SHOWN}+` : count || "";
  words.textContent = count ? "new" : "";
}
