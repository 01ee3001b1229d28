// Rows of a table that a sentence cites, as a small table: the header above, the cells that answer marked.

import { element } from "../../dom.js";
import { count } from "../../formatting.js";

/** @typedef {import("../../types.js").CitedTable} CitedTable */

const MOST_ROWS = 8;

/** The cells of the rows that answer, as they are written. @param {CitedTable} cited */
export const markedCells = ({ rows, marked }) =>
  marked.flatMap(([row, column]) => (row < 0 ? [] : [rows[row]?.[column] ?? ""])).filter(Boolean);

/** Of many rows those with a marked cell are shown. @param {CitedTable} cited */
function shownRows({ rows, marked }) {
  const all = rows.map((_, place) => place);
  if (rows.length <= MOST_ROWS) return all;
  return all.filter((place) => marked.some(([row]) => row === place)).slice(0, MOST_ROWS);
}

/** @param {CitedTable} cited */
export function citedTable(cited) {
  const { header, rows, marked } = cited;
  const isMarked = (/** @type {number} */ row, /** @type {number} */ column) =>
    marked.some(([a, b]) => a === row && b === column);
  /** @param {"th" | "td"} tag @param {number} row @param {number} column @param {string} text */
  const cell = (tag, row, column, text) =>
    element(
      tag,
      { scope: tag === "th" && (row < 0 ? "col" : "row") },
      isMarked(row, column) ? element("mark", { text }) : text,
    );
  const shown = shownRows(cited);
  const left = rows.length - shown.length;
  return element(
    "div",
    { class: "cited-table", tabindex: "0", role: "region", "aria-label": "Rows of the table that is cited" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...header.map((name, column) => cell("th", -1, column, name)))),
      element(
        "tbody",
        {},
        ...shown.map((row) =>
          element(
            "tr",
            {},
            ...(rows[row] ?? []).map((text, column) => cell(column ? "td" : "th", row, column, text)),
          ),
        ),
      ),
    ),
    left > 0 && element("p", { class: "muted", text: `and ${count(left, "more row")}` }),
  );
}
