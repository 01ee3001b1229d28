// What a visit tells the server of itself, so that it can be counted what answers are good for: which answer was in
// sight and for how long, and what was opened. A visit is a number drawn at random for this tab; it ends with the tab,
// or after half an hour without a question. docs/guides/readers.md says what is kept.

import { key } from "./apikey.js";

/** @typedef {import("./types.js").ReaderAct} ReaderAct */

const VISIT = "clearspan-visit";
const UNCOUNTED = "clearspan-uncounted";
const IDLE_MS = 30 * 60 * 1000;
const PATIENCE_MS = 4000;
const MOST_AT_ONCE = 64;

/** A browser may have its storage switched off: then a visit ends with the page.
 *  @param {"localStorage" | "sessionStorage"} place @param {string} name */
function stored(place, name) {
  try {
    return window[place].getItem(name);
  } catch {
    return null;
  }
}

/** @param {"localStorage" | "sessionStorage"} place @param {string} name @param {string | null} value */
function store(place, name, value) {
  try {
    if (value === null) window[place].removeItem(name);
    else window[place].setItem(name, value);
  } catch {
    // Nothing is kept then.
  }
}

/** Whether the browser asks all sites not to be counted. */
export const browserAsksNotTo = () =>
  navigator.doNotTrack === "1" || /** @type {any} */ (navigator).globalPrivacyControl === true;

let switchedOff = stored("localStorage", UNCOUNTED) === "1";

/** Whether this browser lets itself be counted. */
export const isCounted = () => !browserAsksNotTo() && !switchedOff;

/** Switches counting on or off in this browser, for good. @param {boolean} on */
export function setCounted(on) {
  switchedOff = !on;
  store("localStorage", UNCOUNTED, on ? null : "1");
  if (!on) {
    store("sessionStorage", VISIT, null);
    visit = null;
    queue = [];
  }
}

/** @type {{id: string, last: number} | null} */
let visit = null;

function drawn() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The number of this visit, for a question that is asked now; undefined if it is not to be counted. */
export function session() {
  if (!isCounted()) return undefined;
  try {
    visit ??= JSON.parse(stored("sessionStorage", VISIT) ?? "null");
  } catch {
    visit = null;
  }
  if (!visit || !/^[0-9a-f]{32}$/.test(visit.id) || Date.now() - visit.last > IDLE_MS) {
    flush();
    visit = { id: drawn(), last: 0 };
  }
  visit.last = Date.now();
  store("sessionStorage", VISIT, JSON.stringify(visit));
  return visit.id;
}

/** @type {ReaderAct[]} */
let queue = [];
let waiting = 0;

/** Tells the server, a little later and together with others, what a reader did. @param {ReaderAct} act */
export function tell(act) {
  if (!visit || !isCounted()) return;
  queue.push(act);
  if (queue.length >= MOST_AT_ONCE) flush();
  else waiting ||= window.setTimeout(flush, PATIENCE_MS);
}

/** Sends what waits, in a way that outlives the page; nothing waits for the answer, and nothing fails with it. */
function flush() {
  clearTimeout(waiting);
  waiting = 0;
  if (!visit || !queue.length) return;
  const body = JSON.stringify({ session: visit.id, acts: queue.splice(0) });
  // A beacon cannot carry the key of a server that asks for one.
  if (!key() && navigator.sendBeacon("/api/readers/acts", new Blob([body], { type: "application/json" }))) return;
  const headers = { "Content-Type": "application/json", ...(key() ? { Authorization: `Bearer ${key()}` } : {}) };
  fetch("/api/readers/acts", { method: "POST", body, headers, keepalive: true }).catch(() => {});
}

/**
 * Counts the time that an answer is in sight. Looked at is what is on the screen of a tab that is in front; a drawer
 * over it with one of its sources counts as reading it.
 * @param {HTMLElement} element where answers stand
 */
export function watch(element) {
  /** @type {string | null} */
  let view = null;
  let onScreen = false;
  let since = 0;
  /** Answers that have been in sight. @type {Set<string>} */
  const shown = new Set();

  function stop() {
    const seconds = since ? (performance.now() - since) / 1000 : 0;
    since = 0;
    if (view && seconds >= 1) tell({ view, kind: "dwell", seconds: Math.min(86_400, Math.round(seconds)) });
  }
  function start() {
    if (since || !view || !onScreen || document.visibilityState !== "visible") return;
    since = performance.now();
    if (!shown.has(view)) tell({ view, kind: "shown" });
    shown.add(view);
  }
  new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? false;
    if (onScreen) start();
    else stop();
  }).observe(element);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") start();
    else {
      stop();
      flush();
    }
  });
  window.addEventListener("pagehide", () => {
    stop();
    flush();
  });
  return {
    /** Another answer stands there, or none. @param {string | null} next */
    turn(next) {
      if (next === view) return;
      stop();
      view = next;
      start();
    },
  };
}
