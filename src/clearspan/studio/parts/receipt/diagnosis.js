// Which fault a sentence has. A wrong reference and a hallucination are different faults, and look different here.

import { documentAt } from "../../address.js";
import * as api from "../../api.js";
import { element } from "../../dom.js";
import { published } from "../../formatting.js";
import { dangerSign, supportMark, warningSign } from "../shared/marks.js";
import { problemView } from "../shared/problem.js";

/** @typedef {import("../../types.js").Diagnosis} Diagnosis */
/** @typedef {import("../../types.js").Receipt} Receipt */
/** @typedef {import("../../address.js").Address} Address */

/** @type {Record<import("../../types.js").Diagnosis["fault"], {name: string, means: string}>} */
export const FAULTS = {
  wrong_source: { name: "wrong source", means: "The source says it, and the source is wrong or not to be believed." },
  misread_source: { name: "misread source", means: "The source says something else." },
  hallucination: { name: "hallucination", means: "No source that was found says it." },
  not_retrieved: { name: "not retrieved", means: "The library has the answer, and search missed it." },
  stale: { name: "stale", means: "It was so once; a newer source says otherwise." },
  conflict: { name: "conflict", means: "Believable sources disagree about it." },
};

/** Made up weighs more than misread: it has the danger sign. @param {import("../../types.js").Diagnosis["fault"]} fault */
const faultSign = (fault) => (fault === "hallucination" ? dangerSign() : warningSign());

/** @param {Diagnosis} diagnosis @param {Address} at */
export function diagnosisView(diagnosis, at) {
  const fault = FAULTS[diagnosis.fault] ?? { name: diagnosis.fault, means: "" };
  const evidence = diagnosis.evidence.map((found) =>
    element(
      "li",
      {},
      element("q", { class: "evidence", text: found.quote }),
      " ",
      element("a", { href: documentAt(at, found), text: found.title }),
      found.date && element("span", { class: "muted", text: ` ${published(found.date)}` }),
    ),
  );
  return element(
    "li",
    { class: `diagnosis diagnosis-${diagnosis.fault}` },
    element(
      "p",
      { class: "diagnosis-fault" },
      faultSign(diagnosis.fault),
      element("strong", { text: fault.name }),
      element("span", { class: "muted", text: fault.means }),
    ),
    element("p", { class: "diagnosis-sentence", text: `“${diagnosis.sentence}”` }),
    element("p", { text: diagnosis.why }),
    evidence.length > 0 && element("ul", { class: "diagnosis-evidence" }, ...evidence),
  );
}

/** @param {Diagnosis[]} diagnoses @param {Address} at */
export const diagnosesView = (diagnoses, at) =>
  element("ul", { class: "diagnoses" }, ...diagnoses.map((one) => diagnosisView(one, at)));

/** A form that has the faults of an answer told apart, against the right answer if the reader knows it.
 *  @param {Receipt} receipt @param {Address} at */
export function createDiagnoser(receipt, at) {
  const gold = element("input", { id: "gold", autocomplete: "off", placeholder: "if you know it" });
  const button = element("button", { text: "Diagnose" });
  const result = element("div", { class: "diagnosis-result", "aria-live": "polite" });
  const form = element(
    "form",
    { class: "diagnoser" },
    element("label", { for: "gold", text: "The right answer" }),
    element("div", { class: "ask-box" }, gold, button),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.replaceChildren(element("p", { class: "muted loading", text: "Holding each sentence against the library …" }));
    try {
      const { diagnoses } = await api.diagnose(receipt.id, gold.value.trim());
      result.replaceChildren(
        diagnoses.length
          ? diagnosesView(diagnoses, at)
          : element("p", {}, supportMark("supported"), " No fault was found in this answer."),
      );
    } catch (error) {
      result.replaceChildren(problemView(error));
    }
    button.disabled = false;
  });
  return element(
    "section",
    { class: "diagnosing", "aria-label": "Diagnosis" },
    element("h2", { text: "Is something wrong with this answer?" }),
    element("p", {
      class: "muted",
      text: "A source can be wrong, be misread, or not be there at all. Which of these it was is worked out from the receipt and the library.",
    }),
    form,
    result,
  );
}
