// Dials as they are written everywhere: golden-gate=0.6x, #1234=2x. The page holds them in its address.

/** @typedef {{target: string, amount: number, operation: "" | "+"}} Setting */
/** @typedef {import("../../types.js").PresetShape} Preset */

const WRITTEN = /^([^=,]{1,200}?)(?:=(\+?)(-?\d{1,3}(?:\.\d{1,4})?)x)?$/;
const MOST = 12;

/** The dials that an address names; what cannot be read is left out. @param {string | undefined} text
 *  @param {Preset[]} presets @returns {Setting[]} */
export function parseDials(text, presets) {
  const found = (text ?? "").split(",").map((one) => WRITTEN.exec(one.trim()));
  return found
    .flatMap((match) => {
      if (!match) return [];
      const preset = presets.find(({ name }) => name === match[1]);
      const amount = match[3] === undefined ? preset?.dose.recommended : Number(match[3]);
      return amount === undefined ? [] : [{ target: match[1], amount, operation: /** @type {"" | "+"} */ (match[2] ?? "") }];
    })
    .slice(0, MOST);
}

/** A dial as a receipt has it, in two parts for a reader: what is dialled, and how far. @param {string} dial
 *  @returns {[target: string, amount: string]} */
export function saidDial(dial) {
  const at = dial.lastIndexOf("=");
  if (at < 0) return [dial, "as recommended"];
  return [dial.slice(0, at), dial.slice(at + 1).replace(/x$/, "×").replace("-", "−")];
}

/** @param {Setting} setting */
export const writtenDial = ({ target, amount, operation }) => `${target}=${operation}${amount}x`;

/** @param {Setting[]} settings */
export const writtenDials = (settings) => settings.map(writtenDial).join(",") || undefined;
