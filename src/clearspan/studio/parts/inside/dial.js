// The dial: a slider from -10 to 10 times the feature's maximum, with a detent at zero, and its number to type. What
// was measured to work is green, what was not is hatched, and words say which it is.

import { element } from "../../dom.js";

/** @typedef {import("../../types.js").DialRange} DialRange */

export const FARTHEST = 10;
const DETENT = 0.25;

/** @param {number} value */
export const times = (value) => `${Number(value.toFixed(2))}×`.replace("-", "−");

/** What the range says, in words. @param {DialRange} range @param {number} value */
function verdict({ recommended, limit }, value) {
  if (!value) return "off";
  if (limit === null) return "not audited";
  if (value < 0) return "not audited below zero";
  if (value > limit) return `beyond ${times(limit)}, where text was measured to break`;
  return recommended === null ? `audited up to ${times(limit)}` : `audited: ${times(recommended)} works, up to ${times(limit)}`;
}

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
    holder.classList.toggle("is-beyond", range.limit !== null && (now > range.limit || now < 0));
  }
  slider.addEventListener("input", () => {
    const raw = Number(slider.value);
    const now = Math.abs(raw) <= DETENT ? 0 : raw;
    slider.value = String(now);
    show(now, slider);
    onSet(now);
  });
  // Arrows move by steps, which the detent must not swallow.
  slider.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageUp: 1, PageDown: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const now = Math.max(-FARTHEST, Math.min(FARTHEST, Number((Number(slider.value) + by).toFixed(1))));
    show(now);
    onSet(now);
  });
  number.addEventListener("input", () => {
    const now = Number(number.value);
    if (number.value === "" || !Number.isFinite(now) || Math.abs(now) > FARTHEST) return;
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
