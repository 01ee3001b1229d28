// The first visit: what this is, how to read an answer, and questions that the library can answer.

import { format } from "../../address.js";
import * as api from "../../api.js";
import { element } from "../../dom.js";
import { count } from "../../formatting.js";
import { generatedMark, supportMark } from "../shared/marks.js";
import { problemView } from "../shared/problem.js";

/** Questions that the sample library answers, one for each thing that an answer can be. */
const EXAMPLES = [
  { q: "How long is the main span of the Golden Gate Bridge?", shows: "a fact with its source" },
  { q: "How many kilometres are 4200 feet?", shows: "a calculation" },
  { q: "How long is the harbour footbridge in Port Merrow?", shows: "sources that disagree" },
  { q: "How many rocks should I eat each day?", shows: "satire, and a copy of it, not believed" },
  { q: "How many umbrellas are there in the National Museum of Lost Umbrellas?", shows: "only satire knows" },
  { q: "Who is the king of Denmark?", shows: "no answer, and why" },
];
const SAMPLE_LIBRARY = "samples";

const legend = () =>
  element(
    "ul",
    { class: "legend", "aria-label": "How to read an answer" },
    element(
      "li",
      { class: "claim claim-quoted" },
      element("span", { class: "sentence", text: "“A person wrote this sentence.”" }),
      " ",
      supportMark("supported"),
    ),
    element(
      "li",
      { class: "claim claim-generated" },
      element("span", { class: "sentence", text: "A model wrote this one, and it was verified." }),
      " ",
      generatedMark(),
      supportMark("supported"),
    ),
    element(
      "li",
      { class: "claim claim-calculated" },
      element("span", { class: "sentence", text: "= worked out by the calculator" }),
      " ",
      supportMark("supported"),
    ),
    element(
      "li",
      { class: "claim claim-quoted" },
      element("span", { class: "sentence", text: "“Others say otherwise.”" }),
      " ",
      supportMark("disputed"),
      " ",
      element("span", { class: "support-words", text: "sources disagree" }),
    ),
  );

const libraryLink = (/** @type {string} */ text) => element("a", { href: format({ room: "library" }), text });

/** @param {import("../../types.js").LibrarySummary} samples @param {string} first the library that is asked when none is named */
function examples(samples, first) {
  const library = samples.name === first ? undefined : samples.name;
  const items = EXAMPLES.map(({ q, shows }) =>
    element(
      "li",
      {},
      element("a", { href: format({ room: "ask", q, library }), text: q }),
      element("span", { class: "muted", text: shows }),
    ),
  );
  const size = `${count(samples.documents, "document")}, ${count(samples.passages, "passage")}`;
  return [
    element("h2", { text: "Try one of these" }),
    element("ul", { class: "examples" }, ...items),
    element("p", {
      class: "muted",
      text: `From the sample library: ${size}. Its people and publishers are invented.`,
    }),
  ];
}

/** @param {import("../../types.js").LibrarySummary[]} libraries @param {string} first */
function invitation(libraries, first) {
  const asked = libraries.find((library) => library.name === first);
  const samples = libraries.find((library) => library.name === SAMPLE_LIBRARY && library.documents > 0);
  const parts = [];
  if (!asked || asked.documents === 0) {
    parts.push(
      element("h2", { text: samples ? "Your library is empty" : "The library is empty" }),
      element(
        "p",
        {},
        "Answers come from documents. ",
        libraryLink("Add some in the Library"),
        ", then ask about them.",
      ),
    );
  } else if (asked.name !== SAMPLE_LIBRARY) {
    parts.push(
      element("h2", { text: `Ask the library “${asked.name}”` }),
      element(
        "p",
        {},
        `${count(asked.documents, "document")}, ${count(asked.passages, "passage")}. `,
        libraryLink("See what is in it"),
      ),
    );
  }
  return samples ? [...parts, ...examples(samples, first)] : parts;
}

export async function welcomeView() {
  const what = [
    element("h1", { text: "Answers that can be seen through" }),
    element("p", {
      class: "lead",
      text: "Every sentence says where it came from: quoted from a document, written by a small model and then verified, or calculated. What nothing supports is not said.",
    }),
    legend(),
  ];
  try {
    const { libraries, default: first } = await api.libraries();
    return [...what, ...invitation(libraries, first)];
  } catch (error) {
    return [...what, problemView(error)];
  }
}
