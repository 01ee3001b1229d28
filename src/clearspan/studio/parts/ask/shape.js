// The form of an answer: the word that answers first, a figure large, and beneath it what is missing.

import { element } from "../../dom.js";
import { warningSign } from "../shared/marks.js";
import { shortAnswer } from "../shared/claim.js";

/** @typedef {import("../../types.js").Claim} Claim */
/** @typedef {import("../../types.js").AnswerShape} AnswerShape */
/** @typedef {import("../../types.js").Overview} Overview */

/** What each form is called by a screen reader. @type {Record<AnswerShape["layout"], string>} */
const NAMES = {
  fact: "Answer",
  yes_no: "What says so",
  number: "Answer",
  list: "List",
  steps: "Steps",
  why: "Reasons",
  comparison: "Comparison",
  about: "Answer",
  timeline: "Timeline",
  table: "Table",
};

/** @param {AnswerShape["layout"]} layout */
export const layoutName = (layout) => NAMES[layout];

/** @param {NonNullable<AnswerShape["verdict"]>} verdict */
export const verdictWords = ({ answer, hedged }) => (hedged ? `Probably ${answer}` : answer === "yes" ? "Yes" : "No");

/** The word, and that it was read: no person wrote it, and no model. @param {AnswerShape["verdict"]} verdict */
export const verdictView = (verdict) =>
  verdict &&
  element(
    "p",
    { class: "verdict" },
    element("strong", { text: verdictWords(verdict) }),
    element("span", { class: "muted", text: ` read in what follows · probability ${verdict.probability.toFixed(2)}` }),
  );

/** The figure that was asked for, in the type of the person who wrote it. @param {Claim} claim */
export const figureView = (claim) =>
  claim.role === "answer" && claim.emphasis
    ? element("p", { class: `figure figure-${claim.origin}`, "aria-hidden": "true", text: shortAnswer(claim) })
    : null;

/** Above the first of the conditions. */
export const conditionsLabel = () => element("p", { class: "conditions", text: "On these conditions" });

/** What the overview leaves open, after its claims. @param {Overview} overview */
export const leftOpen = ({ more, missing }) => [
  more && element("p", { class: "more", text: "… and perhaps more: the source’s list goes on." }),
  ...missing.map((line) => element("p", { class: "note missing" }, warningSign(), element("span", { text: line }))),
];
