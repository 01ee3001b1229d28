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

/** @param {Setting} setting */
export const writtenDial = ({ target, amount, operation }) => `${target}=${operation}${amount}x`;

/** @param {Setting[]} settings */
export const writtenDials = (settings) => settings.map(writtenDial).join(",") || undefined;
