// What a search of the library found: passages, each with the legs of the search that found it.

import { documentAt } from "../../address.js";
import { element } from "../../dom.js";
import { count } from "../../formatting.js";
import { kindBadge, warningSign } from "./marks.js";

/** @type {Record<string, string>} */
const LEGS = { words: "by words", meaning: "by meaning" };

/** @param {import("../../types.js").HitShape} hit */
const legs = (hit) =>
  element(
    "span",
    { class: "legs" },
    ...hit.legs.map(({ name, rank, score }) =>
      element("span", {
        class: `leg leg-${name}`,
        title: `score ${score.toFixed(3)}`,
        text: `${LEGS[name] ?? name}, rank ${rank}`,
      }),
    ),
  );

/**
 * @param {import("../../types.js").SearchShape} result
 * @param {{at: import("../../address.js").Address, onOpen?: (rank: number) => void}} does
 */
export function hitsView(result, { at, onOpen }) {
  const items = result.hits.map((hit, index) =>
    element(
      "li",
      { class: "hit" },
      element(
        "p",
        { class: "hit-head" },
        element("a", {
          href: documentAt(at, {
            document_id: hit.document.id,
            start: hit.passage.start,
            end: hit.passage.end,
          }),
          text: hit.document.title,
          on: { click: () => onOpen?.(index + 1) },
        }),
        hit.passage.heading && element("span", { class: "muted", text: hit.passage.heading }),
        hit.passage.page !== null && element("span", { class: "muted", text: `page ${hit.passage.page}` }),
        kindBadge(hit.document.kind),
      ),
      element("p", { class: "hit-text", text: hit.passage.text }),
      legs(hit),
    ),
  );
  const searched = result.legs.map((leg) => LEGS[leg] ?? leg).join(" and ");
  return [
    element("p", { class: "muted", text: `${count(result.hits.length, "passage")} · searched ${searched}` }),
    result.note && element("p", { class: "note" }, warningSign(), element("span", { text: result.note })),
    items.length
      ? element("ol", { class: "hits" }, ...items)
      : element("p", { text: "No passage matches. Other words may, or a document may be missing." }),
  ];
}
