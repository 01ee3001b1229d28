// Figures with their intervals, as a table of which one column is drawn: a dot for the figure, a line for its interval.

import { drawing, element } from "../../dom.js";

/** @typedef {import("../../types.js").Measure} Measure */
/** @typedef {import("../../types.js").MeasureRow} Row */

const WIDTH = 240;
const HEIGHT = 16;
const EDGE = 6;

/** @type {Record<Row["side"], string>} */
export const SIDES = { overview: "with overview", results: "results alone", difference: "difference" };

/** @param {number} value @param {Measure["unit"]} unit @param {boolean} [signed] */
function written(value, unit, signed = false) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : signed ? "+" : "";
  if (unit === "share") return `${sign}${(100 * size).toFixed(size && size < 0.0995 ? 1 : 0)} %`;
  if (unit === "seconds") return `${sign}${Math.round(size)} s`;
  return `${sign}${size.toFixed(2)}`;
}

/** @param {Row} row @param {Measure["unit"]} unit */
export function figure({ side, estimate: { value, low, high } }, unit) {
  if (value === null) return "–";
  const signed = side === "difference";
  const alone = written(value, unit, signed);
  if (low === null || high === null) return alone;
  return `${alone} [${written(low, unit, signed)} to ${written(high, unit, signed)}]`;
}

/** Where values of these rows lie: from nothing to the largest, or as far below zero as above. @param {Row[]} rows
 *  @param {Measure["unit"]} unit */
export function scale(rows, unit) {
  const all = rows.flatMap(({ estimate: { value, low, high } }) => [value, low, high]).filter((one) => one !== null);
  const most = Math.max(...all.map(Math.abs), 1e-9);
  const signed = rows.some(({ side }) => side === "difference");
  const least = signed ? -most : 0;
  return {
    ends: all.length ? `${written(least, unit, signed)} to ${written(most, unit, signed)}` : "",
    place: (/** @type {number} */ value) => EDGE + ((value - least) / (most - least)) * (WIDTH - 2 * EDGE),
  };
}

/** @param {Row} row @param {(value: number) => number} place */
function drawn({ side, estimate: { value, low, high } }, place) {
  const middle = HEIGHT / 2;
  const parts = [drawing("line", { class: "interval-zero", x1: place(0), x2: place(0), y1: 0, y2: HEIGHT })];
  if (low !== null && high !== null) {
    parts.push(drawing("line", { class: "interval-line", x1: place(low), x2: place(high), y1: middle, y2: middle }));
  }
  if (value !== null) parts.push(drawing("circle", { class: "interval-dot", cx: place(value), cy: middle, r: 3.5 }));
  return drawing(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: `interval interval-${side}`, "aria-hidden": "true", focusable: "false" },
    ...parts,
  );
}

/** @param {Row[]} rows @param {Measure["unit"]} unit @param {boolean} compared @param {(row: Row) => (value: number) => number} place */
function rowsView(rows, unit, compared, place) {
  const heads = ["question", ...(compared ? ["visit"] : []), "drawn", "figure and 95 % interval", "counted"];
  let before = "";
  const lines = rows.map((row) => {
    const isFirst = row.query_type !== before;
    before = row.query_type;
    return element(
      "tr",
      { class: `readers-row readers-${row.side}${isFirst ? " is-first" : ""}` },
      element("th", { scope: "row" }, element("span", { class: isFirst ? "" : "unseen", text: row.query_type })),
      compared && element("td", { class: "readers-side", text: SIDES[row.side] }),
      element("td", { class: "readers-plot" }, drawn(row, place(row))),
      element("td", { class: "readers-figure", text: figure(row, unit) }),
      element("td", { class: "readers-how muted", text: row.estimate.how }),
    );
  });
  return element(
    "div",
    { class: "table-holder" },
    element(
      "table",
      { class: "readers-table" },
      element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col", text })))),
      element("tbody", {}, ...lines),
    ),
  );
}

/** One measure: for all questions, and by type of question one click away. @param {Measure} measure */
export function measureView(measure) {
  const figures = scale(measure.rows.filter(({ side }) => side !== "difference"), measure.unit);
  const gaps = scale(measure.rows.filter(({ side }) => side === "difference"), measure.unit);
  const compared = measure.rows.some(({ side }) => side !== "overview");
  const ends = [figures.ends, gaps.ends && `differences ${gaps.ends}`].filter(Boolean).join("; ");
  const place = (/** @type {Row} */ row) => (row.side === "difference" ? gaps : figures).place;
  const all = measure.rows.filter(({ query_type: type }) => type === "all");
  const byType = measure.rows.filter(({ query_type: type }) => type !== "all");
  return element(
    "section",
    { class: "readers-measure", data: { measure: measure.name }, "aria-label": measure.title },
    element("h2", { text: measure.title }),
    element("p", { class: "muted", text: ends ? `${measure.how}; drawn from ${ends}` : measure.how }),
    rowsView(all, measure.unit, compared, place),
    byType.length > 0 &&
      element(
        "details",
        { class: "readers-types" },
        element("summary", { text: "By type of question" }),
        rowsView(byType, measure.unit, compared, place),
      ),
  );
}
