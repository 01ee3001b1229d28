// Believable sources that disagree, side by side: what each says, when, how far it is believed, and who stands behind it.

import { documentAt } from "../../address.js";
import { element } from "../../dom.js";
import { count, published } from "../../formatting.js";
import { written } from "../shared/claim.js";
import { standingBars, supportMark } from "../shared/marks.js";

/** @typedef {import("../../types.js").ConflictSide} ConflictSide */
/** @typedef {import("../../types.js").Receipt} Receipt */
/** @typedef {import("../shared/claim.js").Does} Does */

/** @type {Record<import("../../types.js").Conflict["cause"], string>} */
const CAUSES = {
  disagreement: "The sources disagree",
  age: "The sources disagree, and their dates may say why",
  readings: "The question can be meant in more than one way",
};

/** @param {Receipt} receipt @param {number} number @param {Does} does */
function sourceLink({ overview, sources }, number, { at, onOpen }) {
  const source = sources.find((one) => one.number === number);
  if (!source) return element("span", { text: String(number) });
  const citation = overview.claims.flatMap((claim) => claim.citations).find((one) => one.number === number);
  return element("a", {
    href: documentAt(at, citation ?? source),
    text: source.publisher || source.title,
    "aria-label": `source ${number}: ${source.publisher || source.title}`,
    on: citation ? { click: () => onOpen(citation) } : {},
  });
}

/** @param {ConflictSide} side @param {Receipt} receipt @param {Does} does */
function sideView(side, receipt, does) {
  const quotes = side.claims.map((index) => receipt.overview.claims[index]).filter(Boolean);
  const facts = /** @type {[string, (Node | string)[]][]} */ ([
    ["of", side.subject ? [side.subject] : []],
    ["dated", side.date ? [published(side.date)] : ["no date"]],
    ["believed", [standingBars(side.standing)]],
    ["witnesses", [count(side.witnesses, "independent one", "independent ones")]],
    ["said by", side.sources.flatMap((number, index) => [...(index ? [", "] : []), sourceLink(receipt, number, does)])],
  ]);
  return element(
    "li",
    { class: "side" },
    element("p", { class: "side-value", text: side.value }),
    element(
      "dl",
      {},
      ...facts.filter(([, said]) => said.length).flatMap(([term, said]) => [element("dt", { text: term }), element("dd", {}, ...said)]),
    ),
    ...quotes.map((claim) => element("blockquote", { class: `side-quote side-${claim.origin}`, text: written(claim) })),
  );
}

/** @param {Receipt} receipt @param {Does} does */
export function conflictView(receipt, does) {
  const { conflict } = receipt.overview;
  if (!conflict) return null;
  return element(
    "section",
    { class: "conflict", "aria-label": CAUSES[conflict.cause] },
    element(
      "h2",
      {},
      conflict.cause !== "readings" && supportMark("disputed"),
      conflict.cause !== "readings" && " ",
      CAUSES[conflict.cause],
      conflict.about && element("span", { class: "muted", text: `: ${conflict.about}` }),
    ),
    element("ul", { class: "sides" }, ...conflict.sides.map((side) => sideView(side, receipt, does))),
    conflict.note && element("p", { class: "conflict-note", text: conflict.note }),
  );
}
