// The signs of the page, drawn so that they look the same in every font, each with a name for a screen reader.

import { element, sign } from "../../dom.js";

/** @typedef {import("../../types.js").Claim["support"]} Support */

const RING = /** @type {[string, Record<string, string>]} */ ([
  "circle",
  { cx: "8", cy: "8", r: "5.5", class: "ring" },
]);

/** @type {Record<Support, {name: string, shapes: [string, Record<string, string>][]}>} */
const SUPPORTS = {
  supported: { name: "supported", shapes: [["circle", { cx: "8", cy: "8", r: "6", class: "full" }]] },
  disputed: {
    name: "sources disagree",
    shapes: [RING, ["path", { d: "M8 2.5a5.5 5.5 0 0 0 0 11z", class: "full" }]],
  },
  contradicted: { name: "contradicted", shapes: [RING, ["path", { d: "M4.2 11.8l7.6-7.6", class: "ring" }]] },
  unsupported: { name: "unsupported", shapes: [RING] },
};

/** @param {Support} support */
export const supportName = (support) => SUPPORTS[support].name;

/** ● ◐ ○ at the end of a sentence. @param {Support} support */
export const supportMark = (support) =>
  sign(SUPPORTS[support].shapes, `mark mark-${support}`, supportName(support));

/** ◇ after a sentence that a model wrote. */
export const generatedMark = () =>
  sign(
    [["path", { d: "M8 2.5l5.5 5.5L8 13.5 2.5 8z", class: "ring" }]],
    "mark mark-generated",
    "written by a model",
  );

/** The warning sign: amber never stands without it. @param {string} [name] */
export const warningSign = (name) =>
  sign(
    [
      ["path", { d: "M8 2l6.5 11.5h-13z", class: "ring" }],
      ["path", { d: "M8 6.5v3.2M8 11.6v.2", class: "ring" }],
    ],
    "icon icon-warning",
    name,
  );

/** The danger sign, for what failed. @param {string} [name] */
export const dangerSign = (name) =>
  sign(
    [
      ["path", { d: "M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2z", class: "ring" }],
      ["path", { d: "M8 5v3.8M8 11v.2", class: "ring" }],
    ],
    "icon icon-danger",
    name,
  );

const BARS = 4;

/** ▮▮▮▯: how far a source is believed, as bars and in words. @param {number} standing in [0, 1] */
export function standingBars(standing) {
  const filled = Math.max(0, Math.min(BARS, Math.round(standing * BARS)));
  const name = `standing ${filled} of ${BARS}`;
  const bars = Array.from({ length: BARS }, (_, index) =>
    element("span", { class: index < filled ? "bar-full" : "bar-empty" }),
  );
  return element(
    "span",
    { class: "standing", role: "img", "aria-label": name, title: `${name} (${standing.toFixed(2)})` },
    ...bars,
  );
}

/** @param {import("../../types.js").Source["kind"]} kind */
export const kindBadge = (kind) =>
  element("span", { class: `badge badge-${kind}`, text: kind === "unknown" ? "kind unknown" : kind });
