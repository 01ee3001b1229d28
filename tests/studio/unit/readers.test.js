import assert from "node:assert/strict";
import { test } from "node:test";

const storage = () => {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
};
let now = Date.UTC(2026, 2, 1);
let waiting = null;
Date.now = () => now;
/** Time goes by. */
function pass(milliseconds) {
  now += milliseconds;
  if (waiting && waiting.at <= now) waiting.call();
}
globalThis.clearTimeout = () => {
  waiting = null;
};
const window = {
  localStorage: storage(),
  sessionStorage: storage(),
  setTimeout(call, milliseconds) {
    waiting = { call, at: now + milliseconds };
    return 1;
  },
};
const sent = [];
const navigator = {
  doNotTrack: null,
  sendBeacon(path, body) {
    sent.push({ path, body });
    return true;
  },
};
Object.defineProperty(globalThis, "navigator", { value: navigator });
Object.assign(globalThis, { window, sessionStorage: window.sessionStorage });

const { isCounted, session, setCounted, tell } = await import("../../../src/clearspan/studio/readers.js");
const bodies = async () => Promise.all(sent.splice(0).map(async ({ body }) => JSON.parse(await body.text())));

test("a visit keeps its number until half an hour has gone by without a question", () => {
  const first = session();
  assert.match(first, /^[0-9a-f]{32}$/);
  pass(29 * 60_000);
  assert.equal(session(), first);
  pass(31 * 60_000);
  assert.notEqual(session(), first);
});

test("acts go together, a little later, or at once when they are many", async () => {
  const id = session();
  tell({ view: "v-1", kind: "shown" });
  tell({ view: "v-1", kind: "receipt_opened" });
  assert.equal(sent.length, 0);
  pass(4000);
  assert.equal(sent[0].path, "/api/readers/acts");
  assert.deepEqual(await bodies(), [{ session: id, acts: [{ view: "v-1", kind: "shown" }, { view: "v-1", kind: "receipt_opened" }] }]);
  for (let n = 0; n < 64; n += 1) tell({ view: "v-1", kind: "dwell", seconds: n });
  assert.equal((await bodies())[0].acts.length, 64);
});

test("who is switched off has no number and tells nothing", () => {
  session();
  tell({ view: "v-1", kind: "shown" });
  setCounted(false);
  pass(4000);
  assert.equal(session(), undefined);
  assert.equal(sent.length, 0);
  assert.equal(window.sessionStorage.getItem("clearspan-visit"), null);
  setCounted(true);
  assert.ok(isCounted());
});

test("a browser that asks not to be counted is not", () => {
  navigator.doNotTrack = "1";
  assert.equal(session(), undefined);
  navigator.doNotTrack = null;
  navigator.globalPrivacyControl = true;
  assert.equal(session(), undefined);
  navigator.globalPrivacyControl = false;
});
