// How far a dial goes, where it rests, by what steps it moves, and what was measured of where it stands.

/** @typedef {import("../../types.js").DialRange} DialRange */

export const FARTHEST = 10;
const DETENT = 0.25;

/** @type {Record<string, number>} */
const KEYS = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageUp: 1, PageDown: -1 };

/** @param {number} value */
export const times = (value) => `${Number(value.toFixed(2))}×`.replace("-", "−");

/** Where a slider that was dragged comes to rest: at zero, if it is near. @param {number} value */
export const rested = (value) => (Math.abs(value) <= DETENT ? 0 : value);

/** Where a key takes the dial; null for keys that do not move it. Steps are not swallowed by the detent.
 *  @param {string} key @param {number} from */
export function stepped(key, from) {
  const by = KEYS[key];
  if (by === undefined) return null;
  return Math.max(-FARTHEST, Math.min(FARTHEST, Number((from + by).toFixed(1))));
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
