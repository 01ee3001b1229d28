// The first visit: what this is, how to read an answer, and questions that the library can answer.

import { format } from "../address.js";
import * as api from "../api.js";
import { element } from "../dom.js";
import { count } from "../figures.js";
import { generatedMark, supportMark } from "./marks.js";
import { problemView } from "./problem.js";

/** Questions that the sample library answers, one for each thing that an answer can be. */
const EXAMPLES = [
  { q: "How long is the main span of the Golden Gate Bridge?", shows: "a quoted fact" },
  { q: "How much does a blue whale weigh?", shows: "a quoted fact" },
  { q: "What is 4,200 feet in metres?", shows: "a calculation" },
  { q: "How tall are the towers of the Golden Gate Bridge?", shows: "sources" },
  { q: "Can you eat rocks?", shows: "a source that is not believed" },
  { q: "Who won the 2031 chess championship?", shows: "nothing supports an answer" },
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
    element("li", { class: "claim claim-calculated" }, element("span", { class: "sentence", text: "= calculated" }), " ", supportMark("supported")),
    element("li", { class: "claim claim-quoted" }, element("span", { class: "sentence", text: "“Others say otherwise.”" }), " ", supportMark("disputed"), " ", element("span", { class: "support-words", text: "sources disagree" })),
  );

/** @param {import("../types.js").LibrarySummary | undefined} library */
function invitation(library) {
  if (!library || library.documents === 0) {
    return [
      element("h2", { text: "The library is empty" }),
      element(
        "p",
        {},
        "Answers come from documents. ",
        element("a", { href: format({ room: "library" }), text: "Add some in the Library" }),
        ", then ask about them.",
      ),
    ];
  }
  const size = `${count(library.documents, "document")}, ${count(library.passages, "passage")}.`;
  if (library.name !== SAMPLE_LIBRARY) {
    return [
      element("h2", { text: `Ask the library “${library.name}”` }),
      element("p", {}, `${size} `, element("a", { href: format({ room: "library" }), text: "See what is in it" }), "."),
    ];
  }
  return [
    element("h2", { text: "Try one of these" }),
    element(
      "ul",
      { class: "examples" },
      ...EXAMPLES.map(({ q, shows }) =>
        element("li", {}, element("a", { href: format({ room: "ask", q }), text: q }), element("span", { class: "muted", text: shows })),
      ),
    ),
    element("p", { class: "muted" }, `From the sample library: ${size}`),
  ];
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
    return [...what, ...invitation(libraries.find((library) => library.name === first))];
  } catch (error) {
    return [...what, problemView(error)];
  }
}
