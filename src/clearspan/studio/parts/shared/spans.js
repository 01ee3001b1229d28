// Offsets arrive in code points, as Python counts; a browser's strings count in UTF-16 units.

/**
 * The same offsets in UTF-16 units; out-of-range ones are brought to the ends.
 * @param {string} text
 * @param {number[]} offsets ascending
 */
export function toUnits(text, offsets) {
  const units = [];
  let point = 0;
  let unit = 0;
  for (const offset of offsets) {
    while (point < offset && unit < text.length) {
      const code = /** @type {number} */ (text.codePointAt(unit));
      unit += code > 0xffff ? 2 : 1;
      point += 1;
    }
    units.push(unit);
  }
  return units;
}

/** `120-180` as two offsets, or null. @param {string | undefined} span @returns {[number, number] | null} */
export function parseSpan(span) {
  const [, start, end] = /^(\d{1,12})-(\d{1,12})$/.exec(span ?? "") ?? [];
  if (start === undefined || Number(end) <= Number(start)) return null;
  return [Number(start), Number(end)];
}

/**
 * The words that an answer found at a span of a document when it was given: a quote whole, or how a passage began.
 * @param {import("../../types.js").Receipt | null | undefined} receipt
 * @param {string} documentId
 * @param {[number, number]} span
 * @returns {string | null} null if the answer says nothing of this span
 */
export function wordsThen(receipt, documentId, [start, end]) {
  /** @param {{document_id: string, start: number, end: number}} one */
  const isIt = (one) => one.document_id === documentId && one.start === start && one.end === end;
  const citation = receipt?.overview.claims.flatMap((claim) => claim.citations).find(isIt);
  return citation?.quote ?? receipt?.sources.find(isIt)?.excerpt ?? null;
}

/** Whether a text begins with the words, however the white space runs. @param {string} text @param {string} words */
export function beginsWith(text, words) {
  /** @param {string} one */
  const plain = (one) => one.replace(/\s+/g, " ").trim();
  return plain(text).startsWith(plain(words));
}
