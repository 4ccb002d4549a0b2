// Keeps what is typed: in this browser at once, on the server every few seconds. What the server has got, the browser forgets.

import * as shelf from "./shelf.js";

const AFTER = 2000;
const AT_LEAST_EVERY = 4000;
const LONGEST_PAUSE = 30_000;
const PATIENCE = 10_000;
const KEEPALIVE = 60_000;
const NEAR = 600_000;
const PREFIX = "blogapp:typed:";
const BESIDE = ["tags", "slug", "series_id", "new_series", "cover", "cover_alt", "cover_caption"];

export class Keeper {
  // `say` shows a few words; `signIn` is called when the session is over.
  constructor(form, say, signIn) {
    this.form = form;
    this.say = say;
    this.signIn = signIn;
    this.post = form.dataset.post ?? "";
    this.id = form.dataset.copy ?? "";
    this.id ||= form.elements.copy_id?.value ?? "";
    this.number = form.dataset.number ? Number(form.dataset.number) : this.id ? null : 0;
    this.pushed = form.hasAttribute("data-unkept") ? {} : this.shown();
    this.sent = [];
    this.failures = 0;
    this.since = 0;
    this.of = `${PREFIX}${this.post || "new"}:`;
    this.key = `${this.of}${Date.now()}-${Math.random()}`;
    form.addEventListener("submit", () => this.submit());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
    addEventListener("pagehide", () => this.leave());
    addEventListener("online", () => this.push());
  }

  // What the server put into the form; a browser that comes back to the page may have filled in something else.
  shown() {
    const { title, content } = this.form.elements;
    return { title: title.defaultValue, content: content.defaultValue, beside: this.beside(initial) };
  }

  text() {
    const { title, content } = this.form.elements;
    return { title: title.value, content: content.value, beside: this.beside((field) => field.value) };
  }

  // Fields of one line; some are not in every form. Of a post only those that differ from it: others may change the rest.
  beside(read) {
    const { elements } = this.form;
    const opened = elements.opened?.value ? JSON.parse(elements.opened.value) : null;
    const here = BESIDE.filter((name) => elements[name]).map((name) => [name, read(elements[name])]);
    return Object.fromEntries(opened ? here.filter(([name, value]) => chosen(value) !== chosen(opened[name])) : here);
  }

  holds(name) {
    return ["title", "content", ...BESIDE].includes(name);
  }

  isPushed(text = this.text()) {
    return isSame(text, this.pushed);
  }

  // The form saves it all: a copy that arrived after it would be taken for a text that was never saved.
  submit() {
    clearTimeout(this.timer);
    this.keep({ submitted: true });
    this.submitted = true;
  }

  typed() {
    this.submitted = false;
    this.keep();
    const now = Date.now();
    this.since ||= now;
    this.later(Math.min(AFTER, Math.max(0, this.since + AT_LEAST_EVERY - now)));
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.push(), pause);
  }

  keep(more = {}) {
    const version = this.form.elements.version?.value ?? "";
    const kept = JSON.stringify({ ...this.text(), version, id: this.id, at: Date.now(), ...more });
    shelf.put(this.key, kept);
    try {
      localStorage.setItem(this.key, kept);
      return true;
    } catch {
      return false;
    }
  }

  forget(key = this.key) {
    shelf.drop(key);
    try { localStorage.removeItem(key); } catch { /* nothing was kept either */ }
  }

  request(text) {
    const known = this.number === null ? {} : { number: this.number };
    const version = Number(this.form.elements.version?.value);
    const base = version ? { base_version: version } : {};
    const of = this.post && !this.id ? { post_id: Number(this.post) } : {};
    return {
      method: this.id ? "PUT" : "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...text, ...known, ...base, ...of }),
    };
  }

  address() {
    return this.form.dataset.copies + (this.id ? `/${this.id}` : "");
  }

  async push() {
    const text = this.text();
    if (this.pushing || this.elsewhere || this.submitted || this.isPushed(text)) return;
    clearTimeout(this.timer);
    this.since = 0;
    await this.send(text, { signal: AbortSignal.timeout(PATIENCE) });
    if (!this.failures && !this.isPushed()) this.later(AFTER);
  }

  // One at a time: the next one needs the number that the answer brings.
  async send(text, how) {
    this.pushing = true;
    this.sent = [...this.sent.slice(-9), text];
    try {
      await this.heard(await fetch(this.address(), { ...this.request(text), ...how }), text);
    } catch {
      this.failed("Offline");
    } finally {
      this.pushing = false;
    }
  }

  async heard(answer, text) {
    if (answer.ok) {
      const copy = await answer.json();
      this.id = String(copy.id);
      this.number = copy.number;
      if (this.form.elements.copy_id) this.form.elements.copy_id.value = this.id;
      this.pushed = text;
      this.sent = [];
      this.failures = 0;
      if (this.isPushed()) this.forget();
      this.say(`Kept at ${time(copy.saved_at)}, not yet published`);
    } else if (answer.status === 401) {
      this.failed("Logged out");
      this.signIn();
    } else if (answer.status === 412 && await this.isOwn()) {
      this.later(0);
    } else if (answer.status === 412) {
      this.elsewhere = true;
      this.say("This text is being changed in another window. What you type here is kept in this browser.");
    } else if (answer.status === 404 && this.id) {
      this.id = "";
      this.number = 0;
      this.failed("Saved or discarded elsewhere");
    } else if (answer.status === 422) {
      this.failed("Too long for the blog");
    } else {
      this.failed("The blog has a problem");
    }
  }

  // Whether the other window was this one: its request arrived, and the answer was lost on the way.
  async isOwn() {
    const { copies } = await (await fetch(this.form.dataset.copies)).json();
    const found = copies.find((one) => (this.id ? String(one.id) === this.id : String(one.post_id) === this.post));
    if (!found || !this.sent.slice(0, -1).some((text) => isSame(text, found))) return false;
    this.id = String(found.id);
    this.number = found.number;
    return true;
  }

  failed(why) {
    this.failures += 1;
    this.say(this.keep() ? `${why}: kept in this browser.` : `${why}, and this browser keeps nothing: copy your text.`);
    this.later(Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures));
  }

  // The page goes: a request that outlives it, as long as it is small enough for browsers.
  leave() {
    const text = this.text();
    if (this.isPushed(text) || this.elsewhere || this.pushing || this.submitted) return;
    if (this.request(text).body.length <= KEEPALIVE) this.send(text, { keepalive: true });
  }

  // What only this browser has: `show` gets it with what differs, and a function that uses it or throws it away.
  async offer(show) {
    for (const [key, text] of await shelf.all()) unshelve(key, text);
    for (const key of kept().filter((one) => one.startsWith(this.of) && one !== this.key)) {
      const text = JSON.parse(localStorage.getItem(key));
      if (this.isPushed(text) || isSame(text, this.text()) || await this.wasSaved(text)) {
        this.forget(key);
        continue;
      }
      show({ title: text.title?.trim(), when: moment(text.at), pieces: await this.pieces(text) }, (wanted) => {
        if (wanted) this.use(text);
        this.forget(key);
      });
      return;
    }
  }

  // Only what is found on the server, word for word, is known to be safe there.
  async wasSaved(kept) {
    const { copies, posts, own } = this.form.dataset;
    if (kept.id && isSame(await read(`${copies}/${kept.id}`), kept)) return true;
    if (!kept.submitted) return false;
    if (this.post) return this.isIn(kept, await this.revisionsAfter(Number(kept.version)));
    const newest = (await read(own))?.posts ?? [];
    const likely = newest.filter((post) => isLikely(post, kept));
    return this.isIn(kept, likely.flatMap((post) => [`${posts}/${post.id}`, `${posts}/${post.id}/revisions/1`]));
  }

  async revisionsAfter(version) {
    const address = `${this.form.dataset.posts}/${this.post}/revisions`;
    const { revisions } = (await read(address)) ?? { revisions: [] };
    return revisions.filter((one) => one.number > version).map((one) => `${address}/${one.number}`);
  }

  async isIn(kept, addresses) {
    for (const address of addresses) if (isSame(await read(address), kept)) return true;
    return false;
  }

  async pieces(kept) {
    const body = JSON.stringify({ old: this.text().content, new: kept.content });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(this.form.dataset.difference, { method: "POST", headers, body }).catch(() => null);
    return answer?.ok ? (await answer.json()).difference : [{ kind: "new", text: kept.content }];
  }

  use(kept) {
    const { title, content, version } = this.form.elements;
    title.value = kept.title;
    content.value = kept.content;
    for (const name of BESIDE) {
      const field = this.form.elements[name];
      if (field && kept.beside?.[name] != null) field.value = kept.beside[name];
    }
    if (version && kept.version) version.value = kept.version; // what was saved since is put together with it
    if (kept.id && !this.id && !this.post) [this.id, this.number] = [kept.id, null];
    content.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// The server trims a text when it saves it. Revisions have nothing beside it.
function isSame(one, other) {
  const same = one?.title?.trim() === other.title?.trim() && one?.content?.trim() === other.content?.trim();
  const [mine, theirs] = [one?.beside, other.beside];
  return same && (!mine || !theirs || BESIDE.every((name) => (mine[name] ?? null) === (theirs[name] ?? null)));
}

// What a field held when the page was made.
function initial(field) {
  if (field.options) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
  if (field instanceof RadioNodeList) return [...field].find((one) => one.defaultChecked)?.value ?? "";
  return field.type === "radio" ? field.value : field.defaultValue;
}

// A list says 0 or nothing where none of its rows is meant.
function chosen(value) {
  return ["", "0", "None"].includes(value ?? "") ? "" : value;
}

// After a crash the shelf knows more.
function unshelve(key, text) {
  try {
    const found = localStorage.getItem(key);
    if (!found || JSON.parse(found).at < JSON.parse(text).at) localStorage.setItem(key, text);
  } catch { /* what can't be kept can't be offered */ }
}

function kept() {
  try { return Object.keys(localStorage); } catch { return []; }
}

async function read(address) {
  const answer = await fetch(address).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

// What it became may have another title by now.
function isLikely(post, kept) {
  return post.title === kept.title.trim() || Math.abs(new Date(post.created_at) - kept.at) < NEAR;
}

function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function moment(at) {
  const [day, today] = [at, Date.now()].map((one) => new Date(one).toDateString());
  return day === today ? time(at) : new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
