// Why there is no answer: the same place and weight as an answer.

import { element } from "../../dom.js";

/** @type {Record<string, string>} */
const NOT_ENOUGH = {
  nothing_found: "No passage of the library matches the question.",
  nothing_supports: "Passages match, but no sentence in them states an answer.",
  only_untrusted_sources: "The only sources that speak about this are not believed here.",
  library_empty: "There is nothing in the library to answer from.",
  cannot_calculate: "It reads as a calculation, but not one that the calculator can do.",
  unknowable: "Nobody can know this, or not yet, whatever stands in a library.",
  false_premise: "The question takes something for granted that the sources deny.",
  nonsense: "The words do not make a question that could have an answer.",
};

/** @param {string} term @param {import("../../dom.js").Child[]} said */
const entry = (term, said) => [element("dt", { text: term }), element("dd", {}, ...said)];

/** @param {import("../../types.js").Abstention} abstention */
export function abstentionView(abstention) {
  const searched = element("ul", {}, ...abstention.searched.map((words) => element("li", { text: words })));
  return element(
    "div",
    { class: "abstention" },
    element("p", { class: "abstention-message", text: abstention.message }),
    element(
      "dl",
      {},
      ...(abstention.searched.length ? entry("Looked for", [searched]) : []),
      ...(abstention.found ? entry("Found", [abstention.found]) : []),
      ...entry("Not enough, because", [
        NOT_ENOUGH[abstention.code] ?? "",
        " ",
        element("code", { class: "code", text: abstention.code }),
        typeof abstention.probability === "number" &&
          element("span", { class: "muted", text: ` probability ${abstention.probability.toFixed(2)}` }),
      ]),
      ...(abstention.would_help ? entry("What would help", [abstention.would_help]) : []),
    ),
  );
}
