// Which tier answered, what each was predicted to give and to cost, and why the others were not chosen.

import { element } from "../../dom.js";
import { joules, price, score, seconds } from "../../formatting.js";
import { line, note, section } from "./till.js";

/** @typedef {import("../../types.js").Offer} Offer */
/** @typedef {import("../../types.js").RouteDecision} RouteDecision */

const ABOUT =
  "Before it was answered: quality is a prior set by hand; energy and time are medians of past answers that had nothing to load, or guesses until there are five.";

/** @param {Offer} offer @param {boolean} isTaken @param {boolean} isPriced */
function rows(offer, isTaken, isPriced) {
  const figures = [
    score(offer.quality),
    joules(offer.joules),
    seconds(offer.seconds),
    ...(isPriced ? [price(offer.money, offer.currency)] : []),
  ];
  const row = element(
    "tr",
    { class: isTaken ? "is-taken" : "" },
    element("th", { scope: "row", text: isTaken ? `${offer.tier} ✓` : offer.tier }),
    ...figures.map((text) => element("td", { text })),
  );
  if (!offer.why_not) return [row];
  const why = element("td", { colspan: String(figures.length + 1), text: `not chosen: ${offer.why_not}` });
  return [row, element("tr", { class: "till-why-not" }, why)];
}

/** @param {RouteDecision} decision */
function offersView({ tier, offers }) {
  const isPriced = offers.some(({ currency }) => currency);
  const heads = ["tier", "quality", "energy", "time", ...(isPriced ? ["price"] : [])];
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", text })));
  const body = offers.flatMap((offer) => rows(offer, offer.tier === tier, isPriced));
  return element("table", { class: "till-offers" }, element("thead", {}, head), element("tbody", {}, ...body));
}

/** @param {RouteDecision} decision */
export function routeView(decision) {
  const { tier, why, offers, escalated_from: first, tried } = decision;
  const answered = line(first ? `${first} → ${tier}` : tier, tried ? `taken, after ${tried} in vain` : "taken");
  return section("Route", answered, note(why), ...(offers.length ? [offersView(decision), note(ABOUT)] : []));
}
