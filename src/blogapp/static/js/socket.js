// One connection for all that listens on a page. A listener says `address`, `topics` and what it does of these:
// begin() before a connection is made, hear(event), caughtUp() once it has heard what it missed, missedSome() where it
// can't be told what.

const LONGEST_PAUSE = 60_000;

const listeners = [];
let socket = null;
let last = madeAfter();
let failures = 0;
let timer = 0;

export function listen(listener) {
  listeners.push(listener);
}

const tell = (what, ...facts) => listeners.forEach((listener) => listener[what]?.(...facts));

function connect() {
  timer = 0;
  if (socket || document.hidden) return;
  const address = new URL(listeners[0].address, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.set("topics", listeners.map(({ topics }) => topics).join());
  if (last) address.searchParams.set("since", last);
  tell("begin");
  socket = new WebSocket(address);
  socket.onmessage = hear;
  socket.onclose = retry;
}

// The newest message when the page was made; empty where the page or the browser doesn't tell.
function madeAfter() {
  const told = performance.getEntriesByType("navigation")[0]?.serverTiming ?? [];
  return [...told].find(({ name }) => name === "live")?.description ?? "";
}

// Never all at once: after a restart everybody comes back.
function retry() {
  socket = null;
  if (document.hidden || timer) return;
  timer = setTimeout(connect, Math.random() * Math.min(LONGEST_PAUSE, 2000 * 2 ** failures));
  failures += 1;
}

// A page that nobody looks at needs no connection: it asks for what it missed when it is looked at again.
function leave() {
  clearTimeout(timer);
  timer = 0;
  if (!socket) return;
  const left = socket;
  socket = null;
  left.onmessage = left.onclose = null;
  if (left.readyState === WebSocket.CONNECTING) left.onopen = () => left.close();
  else left.close();
}

function hear({ data }) {
  const event = JSON.parse(data);
  failures = 0;
  if (event.type === "beat") return;
  last = event.id;
  if (event.type === "reset") tell("missedSome");
  else if (event.type === "ready") tell("caughtUp");
  else tell("hear", event);
}

document.addEventListener("visibilitychange", () => (document.hidden ? leave() : connect()));
addEventListener("pagehide", leave);
addEventListener("pageshow", connect);
document.addEventListener("DOMContentLoaded", connect);
