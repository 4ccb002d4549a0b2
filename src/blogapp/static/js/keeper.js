// Keeps what is typed: in this browser at once, on the server every few seconds. What the server has got, the browser forgets.

const AFTER = 2000;
const AT_LEAST_EVERY = 4000;
const LONGEST_PAUSE = 30_000;
const PATIENCE = 10_000;
const KEEPALIVE = 60_000;
const PREFIX = "blogapp:typed:";

export class Keeper {
  // `say` shows a few words; `signIn` is called when the session is over.
  constructor(form, say, signIn) {
    this.form = form;
    this.say = say;
    this.signIn = signIn;
    this.post = form.dataset.post ?? "";
    this.id = form.dataset.copy ?? "";
    this.number = form.dataset.number ? Number(form.dataset.number) : null;
    this.pushed = this.text();
    this.failures = 0;
    this.since = 0;
    this.key = PREFIX + (this.post || `new:${this.tab()}`);
    form.addEventListener("submit", () => this.keep({ submitted: true }));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
    addEventListener("pagehide", () => this.leave());
    addEventListener("online", () => this.push());
  }

  // The name of this tab, which a reload does not change.
  tab() {
    const known = sessionStorage.getItem(PREFIX) ?? crypto.randomUUID();
    sessionStorage.setItem(PREFIX, known);
    return known;
  }

  text() {
    const { title, content } = this.form.elements;
    return { title: title.value, content: content.value };
  }

  isPushed(text = this.text()) {
    return text.title === this.pushed.title && text.content === this.pushed.content;
  }

  typed() {
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
    const kept = { ...this.text(), version, id: this.id, at: Date.now(), ...more };
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  forget(key = this.key) {
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
    if (this.pushing || this.elsewhere || this.isPushed(text)) return;
    clearTimeout(this.timer);
    this.pushing = true;
    this.since = 0;
    try {
      this.heard(await fetch(this.address(), { ...this.request(text), signal: AbortSignal.timeout(PATIENCE) }), text);
    } catch {
      this.failed("Offline");
    } finally {
      this.pushing = false;
    }
    if (!this.failures && !this.isPushed()) this.later(AFTER);
  }

  async heard(answer, text) {
    if (answer.ok) {
      const copy = await answer.json();
      this.id = String(copy.id);
      this.number = copy.number;
      if (this.form.elements.copy_id) this.form.elements.copy_id.value = this.id;
      this.pushed = text;
      this.failures = 0;
      if (this.isPushed()) this.forget();
      this.say(`Kept at ${time(copy.saved_at)}, not yet published`);
    } else if (answer.status === 401) {
      this.failed("Logged out");
      this.signIn();
    } else if (answer.status === 412) {
      this.elsewhere = true;
      this.say("This text is being changed in another window. What you type here is kept in this browser.");
    } else if (answer.status === 404 && this.id) {
      this.id = "";
      this.number = null;
      this.failed("Discarded elsewhere");
    } else {
      this.failed("The blog has a problem");
    }
  }

  failed(why) {
    this.failures += 1;
    this.say(this.keep() ? `${why}: kept in this browser.` : `${why}, and this browser keeps nothing: copy your text.`);
    this.later(Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures));
  }

  // The page goes: a request that outlives it, as long as it is small enough for browsers.
  leave() {
    const text = this.text();
    const request = this.request(text);
    if (this.isPushed(text) || this.elsewhere || this.pushing || request.body.length > KEEPALIVE) return;
    fetch(this.address(), { ...request, keepalive: true }).then((answer) => this.heard(answer, text)).catch(() => {});
  }

  // What only this browser has: `show` gets it with what differs, and a function that uses it or throws it away.
  async offer(show) {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(this.post ? this.key : `${PREFIX}new:`))) {
      const kept = JSON.parse(localStorage.getItem(key));
      if (this.isPushed(kept) || await this.wasSaved(kept)) {
        this.forget(key);
        continue;
      }
      show({ when: time(kept.at), pieces: await this.pieces(kept) }, (wanted) => {
        if (key !== this.key || !wanted) this.forget(key);
        if (wanted) this.use(kept);
      });
      return;
    }
  }

  async wasSaved(kept) {
    if (this.post) return Boolean(kept.submitted) && kept.version !== this.form.elements.version.value;
    if (!kept.id || (this.id && kept.id === this.id)) return false;
    const answer = await fetch(`${this.form.dataset.copies}/${kept.id}`).catch(() => null);
    return answer?.status === 404;
  }

  async pieces(kept) {
    const body = JSON.stringify({ old: this.text().content, new: kept.content });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(this.form.dataset.difference, { method: "POST", headers, body }).catch(() => null);
    return answer?.ok ? (await answer.json()).difference : [{ kind: "new", text: kept.content }];
  }

  use(kept) {
    const { title, content } = this.form.elements;
    title.value = kept.title;
    content.value = kept.content;
    if (kept.id && !this.id && !this.post) this.id = kept.id;
    content.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function time(moment) {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
