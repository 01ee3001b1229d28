// A sentence taken apart: each thing that it says, whether the cited text bears it out, and what decided.

import { element } from "../../dom.js";
import { count } from "../../formatting.js";
import { supportMark } from "./marks.js";

/** @typedef {import("../../types.js").ClaimPart} ClaimPart */

/** @param {ClaimPart} part */
const partView = (part) =>
  element(
    "li",
    { class: `part part-${part.decision}` },
    element(
      "p",
      { class: "part-head" },
      supportMark(part.decision),
      element("span", { class: "part-text", text: part.text }),
      element("span", { class: "badge", text: part.kind }),
      element("span", {
        class: "part-probability",
        title: "calibrated probability that the cited text says it",
        text: `${part.decision} · ${part.probability.toFixed(2)}`,
      }),
    ),
    part.decided_by && element("p", { class: "part-why", text: part.decided_by }),
    part.evidence &&
      element(
        "p",
        { class: "part-evidence" },
        part.citation !== null && element("span", { class: "part-citation", text: `source ${part.citation}: ` }),
        element("q", { text: part.evidence }),
      ),
  );

/** The parts in one list. @param {ClaimPart[]} parts */
export const partsView = (parts) => element("ul", { class: "parts" }, ...parts.map(partView));

/** The same, one click away. @param {ClaimPart[]} parts */
export function breakdown(parts) {
  if (!parts.length) return null;
  const borne = parts.filter(({ decision }) => decision === "supported").length;
  const all = borne === parts.length ? `${count(parts.length, "thing")} checked` : `${borne} of ${parts.length} things borne out`;
  return element("details", { class: "breakdown" }, element("summary", { text: all }), partsView(parts));
}
