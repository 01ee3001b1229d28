// What a judgement rests on: each signal with what it does to the standing, in a sign and in words, and its evidence.

import { element, sign } from "../../dom.js";

/** @typedef {import("../../types.js").Source} Source */
/** @typedef {import("../../types.js").Signal} Signal */

/** @type {Record<Signal["effect"], {name: string, path: string}>} */
const EFFECTS = {
  rejects: { name: "so it is not believed", path: "M4 4l8 8M12 4l-8 8" },
  lowers: { name: "lowers its standing", path: "M8 3v9.5M4 8.8l4 4 4-4" },
  raises: { name: "raises its standing", path: "M8 13V3.5M4 7.2l4-4 4 4" },
  notes: { name: "noted", path: "M8 7.9v.2" },
};

/** @param {Signal["effect"]} effect */
const effectSign = (effect) =>
  sign([["path", { d: EFFECTS[effect].path, class: "ring" }]], `icon effect effect-${effect}`, EFFECTS[effect].name);

/** Old receipts have reasons alone. @param {Source} source @returns {Signal[]} */
function signalsOf(source) {
  if (source.signals.length) return source.signals;
  const given = [...source.reasons];
  if (source.copy_of && !given.some((reason) => reason.startsWith("copy of"))) {
    given.unshift(`repeats the text of “${source.copy_of}”`);
  }
  return given.map((detail) => ({ name: "publisher", effect: /** @type {const} */ ("notes"), detail, evidence: "" }));
}

/** Why a source is or is not believed. @param {Source} source */
export function reasons(source) {
  const given = signalsOf(source);
  const told = source.signals.length > 0;
  const listed = source.publisher_listed && !given.some(({ evidence }) => evidence.includes(source.publisher_listed));
  if (!given.length && !listed) return null;
  return element(
    "ul",
    { class: told ? "reasons signals" : "reasons" },
    ...given.map(({ effect, detail, evidence }) =>
      element(
        "li",
        { class: told ? `signal signal-${effect}` : "" },
        told && effectSign(effect),
        element("span", {}, detail, evidence && !detail.includes(evidence) && element("span", { class: "signal-evidence", text: evidence })),
      ),
    ),
    listed && element("li", { class: "signal signal-notes" }, told && effectSign("notes"), element("span", { text: `registry: ${source.publisher_listed}` })),
  );
}

/** The reasons of a believed source, one click away. @param {Source} source */
export function why(source) {
  const list = reasons(source);
  return list && element("details", { class: "why" }, element("summary", { text: "Why it is believed" }), list);
}

/** @type {Partial<Record<string, string>>} */
const SHORT = { copy: "copy", retraction: "retracted", instructions: "instructs an AI", hidden: "hidden text", implausible: "implausible", style: "style", satire: "may be satire", age: "old", "self-declared": "says so itself" };

/** Small badges for what counts against a source, and for who else says the same because it is the same text.
 *  @param {Source} source @param {Source[]} all */
export function badges(source, all) {
  const against = source.signals.filter(({ effect }) => effect === "rejects" || effect === "lowers");
  const short = [...new Set(against.map(({ name }) => SHORT[name]).filter((one) => one !== undefined))];
  const same = all.filter((other) => source.witness && other.witness === source.witness && other.document_id !== source.document_id);
  const numbers = same.map(({ number }) => number).filter((number) => number !== null);
  const parts = short.map((text) => element("span", { class: "badge badge-against", text }));
  if (same.length) {
    const name = numbers.length ? `one witness with ${numbers.join(", ")}` : "one witness with others";
    parts.push(element("span", { class: "badge badge-witness", title: "They share a text or a publisher, and count once", text: name }));
  }
  return parts;
}
