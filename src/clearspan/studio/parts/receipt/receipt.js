// The receipt of an answer, in the form of a till receipt: one narrow column, figures to the right, every line counted.

import { documentAt, format } from "../../address.js";
import { element } from "../../dom.js";
import { count, joules, moment, price, score, seconds } from "../../formatting.js";
import { saidDial } from "../inside/writtendials.js";
import { partsView } from "../shared/claimparts.js";
import { written } from "../shared/claim.js";
import { diagnosesView } from "./diagnosis.js";
import { generatedMark, supportMark, warningSign } from "../shared/marks.js";
import { routeView } from "./route.js";
import { line, note, section } from "./till.js";

/** @typedef {import("../../types.js").Receipt} Receipt */
/** @typedef {import("../../types.js").Check} Check */

/** @param {Check[]} checks */
const checkLines = (checks) =>
  checks.flatMap((check) => [line(check.name, score(check.score), "till-check"), note(check.detail)]);

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
        claim.parts.length > 0 && partsView(claim.parts),
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
const diagnosis = ({ diagnoses }, at) =>
  diagnoses.length > 0 && section("Diagnosis", diagnosesView(diagnoses, at));

/** The page of a feature. @param {string} name MODEL/SITE/SIZE#NUMBER */
function featureAt(name) {
  const [dictionary, feature] = name.split("#");
  return format({ room: "inside", dictionary, feature });
}

/** @param {Receipt} receipt */
const inside = ({ features }) =>
  features.length > 0 &&
  section(
    "Inside · share of maximum",
    ...features.flatMap(({ feature, label, share, claim }) => [
      line(element("a", { href: featureAt(feature), text: label }), `${Math.round(share * 100)} %`),
      note(`#${feature.split("#")[1]}, in sentence ${claim + 1}`),
    ]),
  );

/** How far dials reached, and what was measured of them. @param {NonNullable<Receipt["dose"]>} dose */
const reached = ({ reach, limit, guard_rails: guardRails, override, measurement }) => [
  line("Reach", `${reach.toFixed(2)} of ${limit.toFixed(2)}`),
  ...(override ? [line("Beyond the limit", override)] : []),
  note(measurement ? `${guardRails} Record ${measurement.slice(0, 12)}.` : guardRails),
];

/** What the local model was dialled with while it wrote. @param {Receipt} receipt */
const dials = ({ dials: set, dose }) =>
  set.length > 0 &&
  section(
    "Dials",
    ...set.map((dial) => {
      const [target, amount] = saidDial(dial);
      return line(element("a", { href: format({ room: "inside", dials: dial }), text: target }), amount);
    }),
    ...(dose ? reached(dose) : []),
    note("Sentences that the model wrote were written under these; what is quoted or calculated is not changed by them."),
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
    note(measured.loaded.length > 0 && `Loaded first, and counted here: ${measured.loaded.join(", ")}`),
    line("Price", price(measured.money, measured.currency), "till-total"),
    note(measured.money_how),
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
    routeView(receipt.route),
    ...sources(receipt, at).filter((part) => part !== false),
    claims(receipt),
    ...[dropped(receipt), dials(receipt), inside(receipt), diagnosis(receipt, at)].filter((part) => part !== false),
    receipt.overview.notes.length > 0 && section("Notes", ...receipt.overview.notes.map(note)),
    meter(receipt),
    versions(receipt),
  );
}
