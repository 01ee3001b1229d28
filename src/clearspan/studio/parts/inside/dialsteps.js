// How far a dial goes, how its track is divided, where it rests, by what steps it moves, and what was measured of where
// it stands.

/** @typedef {import("../../types.js").DialRange} DialRange */

export const FARTHEST = 10;
/** The last position of the track; the first is 0. */
export const TRACK = 1000;
const DETENT = 12;
/** The shares of the track up to zero and up to the measured limit. */
const ZERO = 0.22;
const LIMIT = 0.82;
const STEPS = [0.1, 0.05, 0.02];
const STEPS_TO_LIMIT = 20;

/** @type {Record<string, number>} */
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 };

/** @param {number} value */
export const times = (value) => `${Number(value.toFixed(2))}×`.replace("-", "−");

/** Where the track changes its scale, as values and positions: what was measured has most of it, and what lies beyond it,
 *  on either side, is short. Without an audit zero is in the middle.
 *  @param {DialRange} range @returns {[number, number][]} */
export function knots({ limit }) {
  const ends = /** @type {const} */ ([-FARTHEST, 0]);
  if (limit === null || limit <= 0) return [[...ends], [0, TRACK / 2], [FARTHEST, TRACK]];
  const zero = /** @type {const} */ ([0, ZERO * TRACK]);
  if (limit >= FARTHEST) return [[...ends], [...zero], [FARTHEST, TRACK]];
  return [[...ends], [...zero], [limit, LIMIT * TRACK], [FARTHEST, TRACK]];
}

/** What lies opposite a number, in straight lines from knot to knot. @param {[number, number][]} between @param {number} at */
function opposite(between, at) {
  const next = Math.max(1, between.findIndex(([from]) => at <= from));
  const [[a, here], [b, there]] = [between[next - 1], between[next]];
  return here + ((at - a) / (b - a)) * (there - here);
}

/** Where a value stands on the track. @param {DialRange} range @param {number} value */
export const positionOf = (range, value) => opposite(knots(range), value);

/** The value of a position that a slider was dragged to, in steps; zero, if it is near.
 *  @param {DialRange} range @param {number} position */
export function valueAt(range, position) {
  if (Math.abs(position - positionOf(range, 0)) <= DETENT) return 0;
  const value = opposite(knots(range).map(([knot, at]) => [at, knot]), position);
  // Where the track is short, a pixel is many fine steps.
  return inSteps(value, isBeyond(range, value) ? STEPS[0] : stepOf(range));
}

/** The largest step of which enough lead up to the limit. @param {DialRange} range */
export function stepOf({ limit }) {
  const far = limit !== null && limit > 0 ? limit : FARTHEST;
  return STEPS.find((step) => far / step >= STEPS_TO_LIMIT) ?? STEPS[STEPS.length - 1];
}

/** Where a key takes the dial; null for keys that do not move it. Steps are not swallowed by the detent.
 *  @param {DialRange} range @param {string} key @param {number} from */
export function stepped(range, key, from) {
  const by = KEYS[key];
  if (by === undefined) return null;
  const step = stepOf(range);
  return inSteps(Math.max(-FARTHEST, Math.min(FARTHEST, from + by * step)), step);
}

/** @param {number} value @param {number} step */
const inSteps = (value, step) => Number((Math.round(value / step) * step).toFixed(2));

/** A number that was typed; null while it is none that can be set. @param {string} text */
export function typed(text) {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) || Math.abs(value) > FARTHEST ? null : value;
}

/** Whether a value lies outside what was measured. @param {DialRange} range @param {number} value */
export const isBeyond = ({ limit }, value) => limit !== null && (value > limit || value < 0);

/** What was measured there, in words. @param {DialRange} range @param {number} value */
export function verdict({ recommended, limit }, value) {
  if (!value) return "off";
  if (limit === null) return "not measured";
  if (value < 0) return "not measured below zero";
  if (value > limit) return `beyond ${times(limit)}, where text was measured to break`;
  const fluent = `fluent up to ${times(limit)}, guard rails not audited`;
  return recommended === null ? fluent : `${times(recommended)} works, ${fluent}`;
}
