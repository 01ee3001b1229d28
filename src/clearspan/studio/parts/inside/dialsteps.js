// How far a dial goes, how its track is divided, where it rests, by what steps it moves, and what was measured of where
// it stands.

/** @typedef {import("../../types.js").DialRange} DialRange */

export const FARTHEST = 10;
/** How far the track's positions go to either side of zero. */
export const TRACK = 1000;
const DETENT = 25;
const AUDITED = 0.78;
const STEPS = [0.1, 0.05, 0.02];
const STEPS_TO_LIMIT = 20;

/** @type {Record<string, number>} */
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 };

/** @param {number} value */
export const times = (value) => `${Number(value.toFixed(2))}×`.replace("-", "−");

/** Where the track changes its scale: at the audited limit; at its end where nothing was audited.
 *  @param {DialRange} range */
export const bend = ({ limit }) => (limit !== null && limit > 0 ? Math.min(limit, FARTHEST) : FARTHEST);

/** Where a value stands on the track. What lies within the audited limit has most of it, what lies beyond is short.
 *  @param {DialRange} range @param {number} value */
export function positionOf(range, value) {
  const at = bend(range);
  const share = at === FARTHEST ? 1 : AUDITED;
  const size = Math.abs(value);
  const along = size <= at ? (size / at) * share : share + ((size - at) / (FARTHEST - at)) * (1 - share);
  return Math.sign(value) * along * TRACK;
}

/** The value of a position that a slider was dragged to, in steps; zero, if it is near.
 *  @param {DialRange} range @param {number} position */
export function valueAt(range, position) {
  if (Math.abs(position) <= DETENT) return 0;
  const at = bend(range);
  const share = at === FARTHEST ? 1 : AUDITED;
  const along = Math.abs(position) / TRACK;
  const size = along <= share ? (along / share) * at : at + ((along - share) / (1 - share)) * (FARTHEST - at);
  return inSteps(range, Math.sign(position) * size);
}

/** The largest step of which enough lead up to the limit. @param {DialRange} range */
export const stepOf = (range) => STEPS.find((step) => bend(range) / step >= STEPS_TO_LIMIT) ?? STEPS[STEPS.length - 1];

/** Where a key takes the dial; null for keys that do not move it. Steps are not swallowed by the detent.
 *  @param {DialRange} range @param {string} key @param {number} from */
export function stepped(range, key, from) {
  const by = KEYS[key];
  if (by === undefined) return null;
  return inSteps(range, Math.max(-FARTHEST, Math.min(FARTHEST, from + by * stepOf(range))));
}

/** @param {DialRange} range @param {number} value */
function inSteps(range, value) {
  const step = stepOf(range);
  return Number((Math.round(value / step) * step).toFixed(2));
}

/** A number that was typed; null while it is none that can be set. @param {string} text */
export function typed(text) {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) || Math.abs(value) > FARTHEST ? null : value;
}

/** Whether a value lies outside what was audited. @param {DialRange} range @param {number} value */
export const isBeyond = ({ limit }, value) => limit !== null && (value > limit || value < 0);

/** What was measured there, in words. @param {DialRange} range @param {number} value */
export function verdict({ recommended, limit }, value) {
  if (!value) return "off";
  if (limit === null) return "not audited";
  if (value < 0) return "not audited below zero";
  if (value > limit) return `beyond ${times(limit)}, where text was measured to break`;
  return recommended === null ? `audited up to ${times(limit)}` : `audited: ${times(recommended)} works, up to ${times(limit)}`;
}
