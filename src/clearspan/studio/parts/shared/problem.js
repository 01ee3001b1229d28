// What went wrong, why, and what to do, next to what caused it.

import { element } from "../../dom.js";
import { dangerSign } from "./marks.js";

/** @param {unknown} error @param {{retry?: () => void}} [how] */
export function problemView(error, { retry } = {}) {
  const problem = /** @type {{what?: string, why?: string, do?: string, message?: string}} */ (error ?? {});
  return element(
    "div",
    { class: "problem", role: "alert" },
    dangerSign(),
    element(
      "div",
      {},
      element("p", { class: "problem-what", text: problem.what || problem.message || String(error) }),
      problem.why && element("p", { text: problem.why }),
      problem.do && element("p", { class: "problem-do", text: problem.do }),
      retry && element("button", { type: "button", text: "Try again", on: { click: retry } }),
    ),
  );
}
