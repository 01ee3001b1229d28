// Numbers, dates and counts as a reader sees them.

/** Two significant figures below ten, whole numbers above. @param {number} value */
function short(value) {
  if (value === 0) return "0";
  if (Math.abs(value) >= 10) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(2)));
}

/** @param {number} value */
export const seconds = (value) => (value < 0.0995 ? `${short(value * 1000)} ms` : `${short(value)} s`);

/** @param {number} value */
export function joules(value) {
  if (value >= 1000) return `${short(value / 1000)} kJ`;
  if (value > 0 && value < 0.1) return `${short(value * 1000)} mJ`;
  return `${short(value)} J`;
}

/** An amount of money; without a currency nothing is paid. @param {number} value @param {string} currency ISO 4217 */
export const price = (value, currency) =>
  currency ? `${value.toLocaleString("en-GB", { maximumSignificantDigits: 3 })} ${currency}` : "none";

/** @param {number} value a score in [0, 1] */
export const score = (value) => value.toFixed(2);

/** @param {number} value @param {string} one @param {string} [many] */
export const count = (value, one, many = `${one}s`) =>
  `${value.toLocaleString("en-GB")} ${value === 1 ? one : many}`;

/** A moment in the reader's own time zone. @param {string} iso */
export function moment(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.valueOf())) return iso;
  return date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** A publication date of whatever precision is known: 2019, May 2019, 14 May 2019. @param {string} iso */
export function published(iso) {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(iso) ?? [];
  if (!year) return iso;
  return [day && String(Number(day)), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(" ");
}

const SCALES = /** @type {[number, string][]} */ ([
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
]);

/** A number as plans write it, three significant digits: 6.97B, 1.25T, 6.58e17, 5.76e23. @param {number} value */
export function scaled(value) {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return rounded.toExponential().replace("+", "");
  const found = SCALES.find(([scale]) => size >= scale);
  return found ? `${Number((rounded / found[0]).toPrecision(3))}${found[1]}` : String(rounded);
}
