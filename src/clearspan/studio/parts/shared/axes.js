// Axes of a chart: where values lie, and the ticks that a reader can do sums with.

import { scaled } from "../../formatting.js";

/** @typedef {{ticks: [number, string][], place: (value: number) => number}} Axis */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number | null} value @param {boolean} log @returns {value is number} */
export const usable = (value, log) => value !== null && Number.isFinite(value) && (value > 0 || !log);

/** @param {number} power */
const superscript = (power) =>
  [...String(power)].map((digit) => (digit === "-" ? "⁻" : SUPERSCRIPTS[Number(digit)])).join("");

/** @param {number} low @param {number} high @param {number} most @returns {[number, string][]} */
function decades(low, high, most) {
  const span = high - low;
  if (span >= 3) {
    const step = Math.max(1, Math.ceil(span / most));
    const powers = [];
    for (let power = Math.ceil(low - 1e-9); power <= high + 1e-9; power += 1) if (power % step === 0) powers.push(power);
    return powers.map((power) => [10 ** power, `10${superscript(power)}`]);
  }
  const between = span >= 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  /** @type {[number, string][]} */
  const ticks = [];
  for (let power = Math.floor(low) - 1; power <= high; power += 1) {
    for (const part of between) {
      const at = Math.log10(part) + power;
      if (at >= low - 1e-9 && at <= high + 1e-9) ticks.push([part * 10 ** power, scaled(part * 10 ** power)]);
    }
  }
  return ticks;
}

/** @param {number} low @param {number} high @param {number} most @returns {[number, string][]} */
function steps(low, high, most) {
  const rough = (high - low) / most;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5, 10].find((part) => part * magnitude >= rough) ?? 10);
  /** @type {[number, string][]} */
  const ticks = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) ticks.push([at * step, scaled(at * step)]);
  return ticks;
}

/**
 * @param {(number | null)[]} values @param {boolean} log @param {number} start @param {number} end
 * @param {number} margin @returns {Axis}
 */
export function axis(values, log, start, end, margin) {
  const scale = log ? Math.log10 : (/** @type {number} */ value) => value;
  const found = values.filter((value) => usable(value, log)).map(scale);
  let [low, high] = found.length ? [Math.min(...found), Math.max(...found)] : [0, 1];
  if (high - low <= 1e-9 * Math.abs(high)) [low, high] = [low - 0.5, high + 0.5];
  const room = (high - low) * margin;
  [low, high] = [low - room, high + room];
  const most = Math.max(3, Math.min(7, Math.floor(Math.abs(end - start) / 60)));
  return {
    ticks: log ? decades(low, high, most) : steps(low, high, most),
    place: (value) => start + ((scale(value) - low) / (high - low)) * (end - start),
  };
}
