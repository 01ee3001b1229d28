// Where the names in a chart stand, so that none covers another.

/** @typedef {{start: number, end: number, y: number}} Place A line of text: where it begins and ends, and its baseline. */

const LETTER = 6.6;
const LINE = 14;

/**
 * Places labels one after another: right or left of their point, above or below it, or else higher up.
 * @param {number} width of the picture @param {Place[]} taken what is there already; it grows
 * @returns {(x: number, y: number, text: string) => Place}
 */
export function createPlacer(width, taken) {
  const isFree = (/** @type {Place} */ at) =>
    at.start > 2 &&
    at.end < width - 2 &&
    !taken.some((one) => Math.abs(one.y - at.y) < LINE && at.start < one.end && one.start < at.end);
  return (x, y, text) => {
    const wide = LETTER * text.length;
    const beside = [x + 9, x - 9 - wide].map((start) => ({ start, end: start + wide }));
    const tried = [y - 8, y + 17].flatMap((at) => beside.map((one) => ({ ...one, y: at })));
    const last = { ...(beside.find((one) => isFree({ ...one, y: -99 })) ?? beside[0]), y: y - 22 };
    const at = tried.find(isFree) ?? last;
    while (at === last && at.y > 12 && !isFree(at)) at.y -= LINE;
    taken.push(at);
    return at;
  };
}
