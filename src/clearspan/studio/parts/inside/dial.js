// The dial: a slider from -10 to 10 times the feature's maximum, with a detent at zero, and its number to type. What
// was measured to work is green and has most of the track, what was not is hatched, and words say which it is.

import { element } from "../../dom.js";
import { FARTHEST, TRACK, isBeyond, knots, positionOf, stepOf, stepped, times, typed, valueAt, verdict } from "./dialsteps.js";

/** @typedef {import("../../types.js").DialRange} DialRange */

/**
 * @param {{id: string, label: string, range: DialRange, value: number, onSet: (value: number) => void}} how
 */
export function createDial({ id, label, range, value, onSet }) {
  const share = (/** @type {number} */ at) => `${positionOf(range, at) / TRACK}`;
  const slider = element("input", {
    type: "range",
    id,
    class: "dial-slider",
    min: "0",
    max: String(TRACK),
    step: "1",
    "aria-label": `${label}, times its maximum`,
  });
  const number = element("input", {
    type: "number",
    class: "dial-number",
    min: String(-FARTHEST),
    max: String(FARTHEST),
    step: String(stepOf(range)),
    "aria-label": `${label}, as a number`,
  });
  const said = element("p", { class: "dial-verdict" });
  const marks = element(
    "div",
    { class: "dial-marks", "aria-hidden": "true" },
    ...marked(range).map((at) => {
      const mark = element("span", { text: times(at) });
      mark.style.setProperty("--at", share(at));
      return mark;
    }),
  );
  const holder = element(
    "div",
    { class: "dial" },
    element("div", { class: "dial-line" }, element("div", { class: "dial-track" }, slider, marks), number, element("span", { class: "dial-unit", text: "×", "aria-hidden": "true" })),
    said,
  );
  slider.style.setProperty("--zero", share(0));
  slider.style.setProperty("--audited-to", share(Math.min(FARTHEST, range.limit ?? 0)));
  let current = value;

  /** @param {number} now @param {HTMLInputElement} [but] the field that is being typed into */
  function show(now, but) {
    current = now;
    slider.value = String(Math.round(positionOf(range, now)));
    if (but !== number) number.value = String(now);
    const words = verdict(range, now);
    said.textContent = words;
    slider.setAttribute("aria-valuetext", `${times(now)}, ${words}`);
    holder.classList.toggle("is-beyond", isBeyond(range, now));
  }
  slider.addEventListener("input", () => {
    const now = valueAt(range, Number(slider.value));
    show(now);
    onSet(now);
  });
  slider.addEventListener("keydown", (event) => {
    const now = stepped(range, event.key, current);
    if (now === null) return;
    event.preventDefault();
    show(now);
    onSet(now);
  });
  number.addEventListener("input", () => {
    const now = typed(number.value);
    if (now === null) return;
    show(now, number);
    onSet(now);
  });
  number.addEventListener("blur", () => show(current));
  show(value);
  return {
    element: holder,
    /** @param {number} now */
    set(now) {
      if (document.activeElement !== number && current !== now) show(now);
    },
  };
}

/** The values that are written under the track: its ends, zero, and where its scale changes. @param {DialRange} range */
function marked(range) {
  const values = knots(range).map(([value]) => value);
  return values.length === 3 ? [-FARTHEST, -FARTHEST / 2, 0, FARTHEST / 2, FARTHEST] : values;
}
