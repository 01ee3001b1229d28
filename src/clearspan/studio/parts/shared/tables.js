// Tables of figures, and files of them.

import { element } from "../../dom.js";
import { scaled } from "../../formatting.js";

/** @param {string[]} columns @param {(string | number | null)[][]} rows */
export function table(columns, rows) {
  const cell = (/** @type {string | number | null} */ value) =>
    typeof value === "number" ? scaled(value) : (value ?? "–");
  return element(
    "table",
    { class: "plan-table" },
    element("thead", {}, element("tr", {}, ...columns.map((text) => element("th", { scope: "col", text })))),
    element(
      "tbody",
      {},
      ...rows.map(([first, ...rest]) =>
        element("tr", {}, element("th", { scope: "row", text: cell(first) }), ...rest.map((value) => element("td", { text: cell(value) }))),
      ),
    ),
  );
}

/** Tables with their headings and notes. @param {import("../../types.js").Table[]} tables */
export const tablesView = (tables) =>
  tables.map(({ title, columns, rows, note }) =>
    element(
      "section",
      { class: "plan-figures" },
      element("h2", { text: title }),
      element("div", { class: "table-holder", tabindex: "0", role: "region", "aria-label": title }, table(columns, rows)),
      note && element("p", { class: "muted", text: note }),
    ),
  );

/** Hands a file to the reader. @param {string} name @param {"svg" | "csv"} ending @param {Blob} file */
export function save(name, ending, file) {
  const url = URL.createObjectURL(file);
  const link = element("a", { href: url, download: `${name}.${ending}` });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}
