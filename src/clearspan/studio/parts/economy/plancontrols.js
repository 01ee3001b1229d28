// The controls of the Plan page. Their state is the address, so that every plan is a link.

import { element } from "../../dom.js";
import { scaled } from "../../formatting.js";

/** @typedef {import("../../address.js").Address} Address */
/** @typedef {{name: "like" | "served" | "share" | "price" | "batch", label: string, unit: string, low: number,
 *   high: number, start: number, log: boolean}} Slider */

/** @type {Slider[]} */
export const SLIDERS = [
  { name: "like", label: "As good as a compute-optimal model of", unit: "parameters", low: 1e8, high: 1e12, start: 13e9, log: true },
  { name: "served", label: "Tokens served over its life", unit: "tokens", low: 1e9, high: 1e15, start: 2e12, log: true },
  { name: "share", label: "Share of them that is output", unit: "%", low: 0, high: 100, start: 20, log: false },
  { name: "price", label: "Price of an H100", unit: "USD an hour", low: 0.2, high: 20, start: 2.35, log: true },
  { name: "batch", label: "Requests at once on a machine", unit: "requests", low: 1, high: 512, start: 96, log: true },
];

export const LAWS = [
  ["besiroglu-2024", "Besiroglu's refit"],
  ["hoffmann-2022", "Hoffmann, as printed"],
  ["hoffmann-2022-tex", "Hoffmann, unrounded"],
  ["gadre-2024-c4", "Gadre, C4"],
  ["kaplan-2020", "Kaplan"],
];
const CHOSEN = ["besiroglu-2024", "hoffmann-2022", "hoffmann-2022-tex"];
const POSITIONS = 240;

/** @param {Slider} slider @param {number} value */
export function position({ low, high, log }, value) {
  const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(Math.max(0, Math.min(1, share)) * POSITIONS);
}

/** @param {Slider} slider @param {number} at */
export function valueAt({ low, high, log }, at) {
  const share = at / POSITIONS;
  return Number((log ? low * (high / low) ** share : low + share * (high - low)).toPrecision(3));
}

/** The value that an address gives a slider; its start if it gives none that can be used. @param {Slider} slider
 *  @param {Address} address */
function given(slider, address) {
  const value = Number(address[slider.name] ?? slider.start);
  return Number.isFinite(value) && value >= slider.low && value <= slider.high ? value : slider.start;
}

/** @param {Address} address */
const lawsOf = (address) => {
  const named = (address.laws ?? "").split(",").filter((name) => LAWS.some(([known]) => known === name));
  return named.length ? named : CHOSEN;
};

/** What the server is asked for at an address. @param {Address} address */
export function request(address) {
  const value = Object.fromEntries(SLIDERS.map((slider) => [slider.name, given(slider, address)]));
  const search = new URLSearchParams({
    like: String(value.like),
    tokens_served: String(value.served),
    output_share: String(value.share / 100),
    price_per_hour: String(value.price),
    batch: String(value.batch),
  });
  for (const name of lawsOf(address)) search.append("law", name);
  return search;
}

/** @param {(change: Partial<Address>) => void} change called with the parts that a control has changed */
export function createControls(change) {
  const sliders = SLIDERS.map((slider) => {
    const input = element("input", { type: "range", min: "0", max: String(POSITIONS), step: "1", id: `plan-${slider.name}` });
    const shown = element("output", { for: input.id });
    const show = (/** @type {number} */ value) => {
      shown.textContent = `${scaled(value)} ${slider.unit}`;
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => {
      const value = valueAt(slider, Number(input.value));
      show(value);
      change({ [slider.name]: String(value) });
    });
    const row = element("div", { class: "plan-slider" }, element("label", { for: input.id, text: slider.label }), shown, input);
    return {
      row,
      update: (/** @type {Address} */ address) => {
        const value = given(slider, address);
        if (document.activeElement !== input) input.value = String(position(slider, value));
        show(value);
      },
    };
  });
  const boxes = LAWS.map(([name, label]) => {
    const box = element("input", { type: "checkbox", value: name, id: `plan-law-${name}` });
    return { name, box, row: element("label", { class: "plan-law", for: box.id }, box, label) };
  });
  const laws = element("fieldset", {}, element("legend", { text: "Laws to compare" }), ...boxes.map((one) => one.row));
  laws.addEventListener("change", () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ name }) => name);
    change({ laws: (chosen.length ? chosen : CHOSEN).join(",") });
  });
  return {
    view: element("form", { class: "plan-controls", "aria-label": "What to plan for", on: { submit: (/** @type {Event} */ event) => event.preventDefault() } }, ...sliders.map((one) => one.row), laws),
    /** @param {Address} address */
    update(address) {
      for (const slider of sliders) slider.update(address);
      const chosen = lawsOf(address);
      for (const { name, box } of boxes) box.checked = chosen.includes(name);
    },
  };
}
