// Why there is no answer: the same place and weight as an answer.

import { element } from "../dom.js";

/** @type {Record<string, string>} */
const NOT_ENOUGH = {
  nothing_found: "No passage of the library matches the question.",
  nothing_supports: "Passages match, but no sentence in them states an answer.",
  only_untrusted_sources: "The only sources that speak about this are not believed here.",
  library_empty: "There is nothing in the library to answer from.",
  cannot_calculate: "It reads as a calculation, but not one that the calculator can do.",
};

/** @param {string} term @param {(Node | string)[]} said */
const entry = (term, said) => [element("dt", { text: term }), element("dd", {}, ...said)];

/** @param {import("../types.js").Abstention} abstention */
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
      ]),
      ...(abstention.would_help ? entry("What would help", [abstention.would_help]) : []),
    ),
  );
}
