// What a till receipt is made of: sections, lines with a figure to the right, and notes.

import { element } from "../../dom.js";

/** @param {string} title @param {...(Node | string | null | false | "")} lines */
export const section = (title, ...lines) =>
  element("section", { class: "till-section" }, element("h3", { text: title }), ...lines);

/** A label and a figure. @param {string | Node} label @param {string} figure @param {string} [className] */
export const line = (label, figure, className = "") =>
  element(
    "p",
    { class: `till-line ${className}`.trim() },
    element("span", { class: "till-label" }, label),
    element("span", { class: "till-figure", text: figure }),
  );

/** @param {string | false} text */
export const note = (text) => text && element("p", { class: "till-note", text });
