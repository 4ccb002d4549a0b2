// Outlives a browser that is killed: localStorage may reach the disk a minute late, this within a second.

const STORE = "typed";
const PAUSE = 1000;

const waiting = new Map();
let opened;
let writing;

export function put(key, value) {
  waiting.set(key, value);
  writing ??= write();
}

// At once: the page may go next.
export function drop(key) {
  waiting.delete(key);
  change((store) => store.delete(key)).catch(() => {});
}

// All that is there, by key. A browser that keeps nothing has nothing.
export async function all() {
  try {
    const store = (await open()).transaction(STORE).objectStore(STORE);
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()].map(done));
    return keys.map((key, index) => [key, values[index]]);
  } catch {
    return [];
  }
}

// Of what changes while one change is written, the newest goes next.
async function write() {
  while (waiting.size) {
    const changes = [...waiting];
    waiting.clear();
    await change((store) => changes.forEach(([key, value]) => store.put(value, key))).catch(() => {});
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  }
  writing = undefined;
}

async function change(act) {
  const transaction = (await open()).transaction(STORE, "readwrite", { durability: "strict" });
  act(transaction.objectStore(STORE));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

function open() {
  if (!opened) {
    const request = indexedDB.open("blogapp", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    opened = done(request);
  }
  return opened;
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
