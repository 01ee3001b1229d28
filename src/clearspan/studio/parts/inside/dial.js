// The dial: a slider from -10 to 10 times the feature's maximum, with a detent at zero, and its number to type. What
// was measured to work is green, what was not is hatched, and words say which it is.

import { element } from "../../dom.js";
import { FARTHEST, isBeyond, rested, stepped, times, typed, verdict } from "./dialsteps.js";

/** @typedef {import("../../types.js").DialRange} DialRange */

/**
 * @param {{id: string, label: string, range: DialRange, value: number, onSet: (value: number) => void}} how
 */
export function createDial({ id, label, range, value, onSet }) {
  const slider = element("input", {
    type: "range",
    id,
    class: "dial-slider",
    min: String(-FARTHEST),
    max: String(FARTHEST),
    step: "0.1",
    "aria-label": `${label}, times its maximum`,
  });
  const number = element("input", {
    type: "number",
    class: "dial-number",
    min: String(-FARTHEST),
    max: String(FARTHEST),
    step: "0.1",
    "aria-label": `${label}, as a number`,
  });
  const said = element("p", { class: "dial-verdict" });
  const marks = element(
    "div",
    { class: "dial-marks", "aria-hidden": "true" },
    ...[-10, -5, 0, 5, 10].map((at) => element("span", { text: times(at) })),
  );
  const holder = element(
    "div",
    { class: "dial" },
    element("div", { class: "dial-line" }, element("div", { class: "dial-track" }, slider, marks), number, element("span", { class: "dial-unit", text: "×", "aria-hidden": "true" })),
    said,
  );
  const share = (/** @type {number} */ at) => `${((at + FARTHEST) / (2 * FARTHEST)) * 100}%`;
  const end = Math.min(FARTHEST, range.limit ?? 0);
  slider.style.setProperty("--audited-from", share(0));
  slider.style.setProperty("--audited-to", share(end));

  /** @param {number} now @param {HTMLInputElement} [but] the field that is being typed into */
  function show(now, but) {
    if (but !== slider) slider.value = String(now);
    if (but !== number) number.value = String(now);
    const words = verdict(range, now);
    said.textContent = words;
    slider.setAttribute("aria-valuetext", `${times(now)}, ${words}`);
    slider.style.setProperty("--at", share(now));
    holder.classList.toggle("is-beyond", isBeyond(range, now));
  }
  slider.addEventListener("input", () => {
    const now = rested(Number(slider.value));
    slider.value = String(now);
    show(now, slider);
    onSet(now);
  });
  slider.addEventListener("keydown", (event) => {
    const now = stepped(event.key, Number(slider.value));
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
  number.addEventListener("blur", () => show(Number(slider.value)));
  show(value);
  return {
    element: holder,
    /** @param {number} now */
    set(now) {
      if (document.activeElement !== number && Number(slider.value) !== now) show(now);
    },
  };
}
