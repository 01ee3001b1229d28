// The receipt of an answer, in the form of a till receipt: one narrow column, figures to the right, every line counted.

import { documentAt, format } from "../../address.js";
import { element } from "../../dom.js";
import { count, joules, moment, money, score, seconds } from "../../formatting.js";
import { partsView } from "../shared/claimparts.js";
import { written } from "../shared/claim.js";
import { diagnosesView } from "./diagnosis.js";
import { generatedMark, supportMark, warningSign } from "../shared/marks.js";

/** @typedef {import("../../types.js").Receipt} Receipt */
/** @typedef {import("../../types.js").Check} Check */

/** @param {string} title @param {...(Node | string | null | false | "")} lines */
const section = (title, ...lines) =>
  element("section", { class: "till-section" }, element("h3", { text: title }), ...lines);

/** A label, dots, and a figure. @param {string | Node} label @param {string} figure @param {string} [className] */
const line = (label, figure, className = "") =>
  element(
    "p",
    { class: `till-line ${className}`.trim() },
    element("span", { class: "till-label" }, label),
    element("span", { class: "till-figure", text: figure }),
  );

/** @param {string} text */
const note = (text) => text && element("p", { class: "till-note", text });

/** @param {Check[]} checks */
const checkLines = (checks) =>
  checks.flatMap((check) => [line(check.name, score(check.score), "till-check"), note(check.detail)]);

/** @param {Receipt} receipt */
function route({ route: decision }) {
  const head = element(
    "tr",
    {},
    ...["tier", "quality", "energy", "time"].map((name) => element("th", { scope: "col", text: name })),
  );
  const rows = decision.offers.map((offer) =>
    element(
      "tr",
      { class: offer.tier === decision.tier ? "is-taken" : "" },
      element("th", { scope: "row", text: offer.tier === decision.tier ? `${offer.tier} ✓` : offer.tier }),
      element("td", { text: score(offer.quality) }),
      element("td", { text: joules(offer.joules) }),
      element("td", { text: seconds(offer.seconds) }),
    ),
  );
  return section(
    "Route",
    line(decision.escalated_from ? `${decision.escalated_from} → ${decision.tier}` : decision.tier, "taken"),
    note(decision.why),
    rows.length > 0 &&
      element("table", { class: "till-offers" }, element("thead", {}, head), element("tbody", {}, ...rows)),
    rows.length > 0 && note("Before it was answered: quality is a prior set by hand; energy and time are medians of past answers, or guesses until there are five."),
  );
}

/** @param {import("../../types.js").Source} source @param {import("../../types.js").Source[]} all */
function witness(source, all) {
  const same = all.filter((other) => source.witness && other.witness === source.witness && other !== source);
  return same.length ? [`one witness with ${same.map(({ number, title }) => number ?? title).join(", ")}`] : [];
}

/** @param {Receipt} receipt @param {import("../../address.js").Address} at */
function sources({ sources: all }, at) {
  const believed = all.filter((source) => source.believed);
  const doubted = all.filter((source) => !source.believed);
  /** @param {import("../../types.js").Source} source */
  const link = (source) => element("a", { href: documentAt(at, source), text: source.title });
  return [
    section(
      "Sources · standing",
      ...believed.flatMap((source) => [
        line(element("span", {}, `${source.number ?? "·"} `, link(source)), score(source.standing)),
        note([...source.reasons, ...witness(source, all)].join("; ")),
      ]),
      believed.length === 0 && note("none"),
    ),
    doubted.length > 0 &&
      section(
        "Not believed",
        ...doubted.flatMap((source) => [
          line(element("span", {}, warningSign(), " ", link(source)), score(source.standing)),
          note(source.reasons.join("; ")),
        ]),
      ),
  ];
}

/** @param {Receipt} receipt */
function claims({ overview }) {
  if (overview.abstention) {
    return section(
      "Abstained",
      line(overview.abstention.code, "no claim"),
      note(overview.abstention.message),
    );
  }
  return section(
    "Claims · score",
    ...overview.claims.map((claim, index) =>
      element(
        "div",
        { class: "till-claim" },
        line(
          element(
            "span",
            { class: `till-text till-${claim.origin}` },
            `${index + 1} `,
            written(claim),
            " ",
            claim.origin === "generated" && generatedMark(),
            supportMark(claim.support),
          ),
          score(claim.score),
        ),
        ...checkLines(claim.checks),
        claim.parts?.length ? partsView(claim.parts) : null,
        claim.calculation &&
          note(`${claim.calculation.expression} = ${claim.calculation.result} (${claim.calculation.method})`),
      ),
    ),
  );
}

/** @param {Receipt} receipt */
const dropped = ({ dropped: sentences }) =>
  sentences.length > 0 &&
  section(
    "Considered and not shown",
    ...sentences.map((sentence) =>
      element(
        "div",
        { class: "till-claim" },
        line(
          element("span", { class: `till-text till-${sentence.origin}`, text: sentence.text }),
          sentence.origin,
        ),
        note(sentence.why),
        ...checkLines(sentence.checks),
      ),
    ),
  );

/** @param {Receipt} receipt @param {import("../../address.js").Address} at */
const diagnosis = ({ diagnoses = [] }, at) =>
  diagnoses.length > 0 && section("Diagnosis", diagnosesView(diagnoses, at));

/** The page of a feature. @param {string} name MODEL/SITE/SIZE#NUMBER */
function featureAt(name) {
  const [dictionary, feature] = name.split("#");
  return format({ room: "inside", dictionary, feature });
}

/** @param {Receipt} receipt */
const inside = ({ features = [] }) =>
  features.length > 0 &&
  section(
    "Inside · share of maximum",
    ...features.flatMap(({ feature, label, share = 0, claim }) => [
      line(element("a", { href: featureAt(feature), text: label }), `${Math.round(share * 100)} %`),
      note(`#${feature.split("#")[1]}, in sentence ${claim + 1}`),
    ]),
  );

/** @param {Receipt} receipt */
const meter = ({ meter: measured }) =>
  section(
    "Meter",
    ...measured.stages.map((stage) => line(stage.name, seconds(stage.seconds))),
    line("tokens in", measured.input_tokens.toLocaleString("en-GB")),
    line("tokens out", measured.output_tokens.toLocaleString("en-GB")),
    line("processor time", seconds(measured.cpu_seconds)),
    line("Total time", seconds(measured.seconds), "till-total"),
    line("Total energy", joules(measured.joules), "till-total"),
    note(measured.joules_how),
    Boolean(measured.currency) && line("Price", money(measured.money ?? 0, measured.currency ?? ""), "till-total"),
    Boolean(measured.currency) && note(measured.money_how ?? ""),
  );

/** @param {Receipt} receipt */
const versions = ({ versions: used, library }) =>
  section(
    "Versions",
    line("clearspan", used.clearspan),
    line("library", `${library} at ${used.library_revision}`),
    line("model", used.model ?? "not used"),
    line("embedder", used.embedder ?? "none: words alone"),
  );

/** @param {Receipt} receipt @param {import("../../address.js").Address} at the place that its sources open over */
export function receiptView(receipt, at) {
  return element(
    "article",
    { class: "till", "aria-label": `Receipt ${receipt.id}` },
    element(
      "header",
      { class: "till-head" },
      element("p", { class: "till-name", text: "Clearspan" }),
      element("p", { text: moment(receipt.created_at) }),
      element("p", { class: "till-id", text: receipt.id }),
      element("h2", { class: "till-question", text: receipt.question }),
      element("p", {
        text: receipt.overview.abstention ? "abstained" : count(receipt.overview.claims.length, "sentence"),
      }),
    ),
    route(receipt),
    ...sources(receipt, at).filter((part) => part !== false),
    claims(receipt),
    ...[dropped(receipt), inside(receipt), diagnosis(receipt, at)].filter((part) => part !== false),
    receipt.overview.notes.length > 0 && section("Notes", ...receipt.overview.notes.map(note)),
    meter(receipt),
    versions(receipt),
  );
}
