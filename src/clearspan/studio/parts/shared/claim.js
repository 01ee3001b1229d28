// One sentence of an overview. Its type says who wrote it: serif and a rule, a person; sans and ◇, a model;
// monospace and =, the calculator.

import { documentAt } from "../../address.js";
import { element } from "../../dom.js";
import { citedTable, markedCells } from "./citedtable.js";
import { breakdown } from "./claimparts.js";
import { generatedMark, supportMark, supportName } from "./marks.js";
import { toUnits } from "./spans.js";

/** @typedef {import("../../types.js").Claim} Claim */
/** @typedef {import("../../types.js").Citation} Citation */

const SPOKEN = { quoted: "Quoted: ", generated: "Written by a model: ", calculated: "Calculated: " };

/** @param {Citation} citation */
const whereFrom = (citation) =>
  [citation.title, citation.publisher, citation.date, citation.page && `page ${citation.page}`]
    .filter(Boolean)
    .join(" · ");

/**
 * @typedef {object} Does
 * @property {import("../../address.js").Address} at The place that documents open over.
 * @property {(citation: Citation) => void} onOpen
 * @property {(documents: string[]) => void} onLight Lights the sources of the sentence that is pointed at.
 */

/** The cells that answer, of a quote that is a row of a table; else nothing. @param {Citation[]} [citations] */
const answeringCells = (citations) => {
  const table = citations?.[0]?.table;
  return table ? markedCells(table).join(", ") : "";
};

/**
 * The text as its origin writes it: quotation marks for a person, a leading = for the calculator. Of `expression =
 * result` the result is enough, because the expression is one click away. Of a row of a table, which is shown below,
 * the cells that answer are.
 * @param {Claim} claim
 */
export function written({ text, origin, calculation, citations, attribution }) {
  if (origin === "quoted") {
    const quote = `“${answeringCells(citations) || text}”`;
    return attribution ? `${quote}, ${attribution}` : quote;
  }
  if (origin === "generated") return text;
  const isBoth = calculation && text === `${calculation.expression} = ${calculation.result}`;
  return `= ${isBoth ? calculation.result : text.replace(/^=\s*/, "")}`;
}

/** The same, with the short answer set off in it. @param {Claim} claim @returns {import("../../dom.js").Child[]} */
function writtenParts(claim) {
  const text = written(claim);
  if (claim.origin === "quoted" && answeringCells(claim.citations)) return [element("strong", { text })];
  if (!claim.emphasis) return [text];
  // Inside its quotation marks a text begins one sign later.
  const shift = claim.origin === "quoted" ? 1 : 0;
  const [start, end] = toUnits(claim.text, claim.emphasis).map((unit) => unit + shift);
  return [text.slice(0, start), element("strong", { text: text.slice(start, end) }), text.slice(end)];
}

/** @param {Claim} claim @param {Does} does */
function sentence(claim, { at, onOpen }) {
  const first = claim.citations[0];
  if (!first) return element("span", { class: "sentence" }, ...writtenParts(claim));
  return element(
    "a",
    {
      class: "sentence",
      href: documentAt(at, first),
      draggable: "false",
      title: whereFrom(first),
      on: { click: () => onOpen(first) },
    },
    ...writtenParts(claim),
  );
}

/** What stands before a sentence: the number of a step, the bullet of an item, a date, a side. @param {Claim} claim */
function beginning({ mark, role }) {
  const isItem = role === "item" || role === "step" || role === "condition";
  if (!mark) return isItem ? element("span", { class: "claim-mark", "aria-hidden": "true", text: "•" }) : null;
  return element("span", { class: "claim-mark", text: isItem && /\w$/.test(mark) ? `${mark}.` : mark });
}

/** The short answer alone, as it stands in the quote. @param {Claim} claim */
export function shortAnswer({ text, emphasis }) {
  return emphasis ? text.slice(...toUnits(text, emphasis)) : "";
}

/** One superscript for each span cited. @param {Citation} citation @param {Does} does */
const superscript = (citation, { at, onOpen }) =>
  element(
    "sup",
    {},
    element("a", {
      class: "citation",
      href: documentAt(at, citation),
      "aria-label": `source ${citation.number}: ${whereFrom(citation)}`,
      title: whereFrom(citation),
      text: String(citation.number),
      on: { click: () => onOpen(citation) },
    }),
  );

/** @param {import("../../types.js").Calculation} calculation */
const expression = (calculation) =>
  element(
    "details",
    { class: "expression" },
    element("summary", { text: "expression" }),
    element("p", {}, element("code", { text: `${calculation.expression} = ${calculation.result}` })),
    calculation.method && element("p", { class: "muted", text: calculation.method }),
  );

/** @param {Claim} claim @param {Does} does */
export function claimView(claim, does) {
  const cited = [...new Set(claim.citations.map((citation) => citation.document_id))];
  const marks = element(
    "span",
    { class: "marks" },
    claim.origin === "generated" && generatedMark(),
    supportMark(claim.support),
    claim.support !== "supported" &&
      element("span", { class: "support-words", text: supportName(claim.support) }),
    ...claim.citations.map((citation) => superscript(citation, does)),
  );
  /** @param {boolean} on */
  const light = (on) => {
    // The pointer may rest on one while the focus moves to another: the last one counts.
    item.parentElement?.querySelector(".lit")?.classList.remove("lit");
    item.classList.toggle("lit", on);
    does.onLight(on ? cited : []);
  };
  const item = element(
    "li",
    {
      class: `claim claim-${claim.origin} is-${claim.support} role-${claim.role}`,
      data: { documents: cited.join(" "), depth: String(claim.depth) },
      on: {
        mouseenter: () => light(true),
        mouseleave: () => light(false),
        focusin: () => light(true),
        focusout: () => light(false),
      },
    },
    beginning(claim),
    element("span", { class: "unseen", text: SPOKEN[claim.origin] }),
    sentence(claim, does),
    marks,
    claim.calculation && expression(claim.calculation),
    ...claim.citations.map(({ table }) => table && citedTable(table)),
    breakdown(claim.parts),
  );
  return item;
}
