// The playground: several dials, one prompt, and what the model says without and with them, side by side as it comes.

import * as api from "../../insideapi.js";
import { announce, element } from "../../dom.js";
import { createDial } from "./dial.js";
import { writtenDial } from "./writtendials.js";
import { problemView } from "../shared/problem.js";
import { stripView } from "./tokenstrip.js";

/** @typedef {import("./writtendials.js").Setting} Setting */
/** @typedef {import("../../types.js").SaidShape["side"]} Side */
/** @typedef {import("../../types.js").DialRange} DialRange */

const START = "Who are you?";
const NAMES = { undialled: "Undialled", dialled: "Dialled" };

/**
 * @param {{
 *   change: (dials: Setting[]) => void, ask: (prompt: string) => void, at: (index: number) => string,
 *   dictionary: () => string | undefined, named: (target: string) => {title: string, range: DialRange, features: number[]},
 * }} does
 */
export function createPlayground({ change, ask, at, dictionary, named }) {
  /** @type {Setting[]} */
  let settings = [];
  /** @type {Map<string, ReturnType<typeof createDial>>} */
  let dials = new Map();
  /** @type {AbortController | null} */
  let running = null;

  const presets = element("div", { class: "preset-chips", role: "group", "aria-label": "Presets" });
  const list = element("ul", { class: "dial-list" });
  const prompt = element("input", { type: "text", id: "inside-prompt", value: START, maxlength: "8000", autocomplete: "off", required: true });
  const start = element("button", { class: "primary", text: "Generate" });
  const stop = element("button", { type: "button", text: "Stop", hidden: true, on: { click: () => running?.abort() } });
  const form = element(
    "form",
    { class: "playground-form" },
    element("label", { for: "inside-prompt", text: "Say to the model" }),
    element("div", { class: "ask-box" }, prompt, start, stop),
  );
  const problem = element("div", { class: "playground-problem" });
  const columns = { undialled: column("undialled"), dialled: column("dialled") };
  const sides = element("div", { class: "columns", "aria-busy": "false" }, columns.undialled.view, columns.dialled.view);
  const view = element(
    "section",
    { class: "playground", "aria-label": "Playground" },
    element("h2", { text: "Playground" }),
    presets,
    list,
    form,
    problem,
    sides,
    element("p", {
      class: "columns-about muted",
      text: "The strip under a token is as strong as what was most active there, read with the dials of its column. Features that are active at more than a tenth of all tokens are left out.",
    }),
  );

  /** @param {Side} side */
  function column(side) {
    const body = element("div", { class: "column-body" });
    const note = element("p", { class: "column-note muted" });
    const made = element("article", { class: `column column-${side}`, "aria-label": NAMES[side] }, element("h3", { text: NAMES[side] }), body, note);
    return { view: made, body, note, text: "" };
  }

  /** @param {string} target */
  const without = (target) => settings.filter((one) => one.target !== target);

  function showDials() {
    const kept = [...dials.keys()].join() === settings.map(({ target }) => target).join();
    if (!kept) {
      dials = new Map();
      list.replaceChildren(...settings.map((setting, place) => dialRow(setting, place)));
    }
    for (const { target, amount } of settings) dials.get(target)?.set(amount);
    if (!settings.length) list.replaceChildren(element("li", { class: "muted", text: "No dial is set: choose a preset, or “Add to the playground” on a feature's page." }));
  }

  /** @param {Setting} setting @param {number} place */
  function dialRow({ target, amount }, place) {
    const { title, range } = named(target);
    const dial = createDial({
      id: `dial-${place}`,
      label: title,
      range,
      value: amount,
      onSet: (value) => change(settings.map((one) => (one.target === target ? { ...one, amount: value } : one))),
    });
    dials.set(target, dial);
    return element(
      "li",
      { data: { dial: target } },
      element("div", { class: "dial-head" }, element("span", { class: "dial-title", text: title }), element("button", { type: "button", class: "quiet", text: "Remove", "aria-label": `Remove ${title}`, on: { click: () => change(without(target)) } })),
      dial.element,
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(prompt.value.trim());
    void generate();
  });

  /** @param {boolean} isRunning */
  function setRunning(isRunning) {
    const hadFocus = [start, stop].includes(/** @type {any} */ (document.activeElement));
    start.hidden = isRunning;
    stop.hidden = !isRunning;
    sides.setAttribute("aria-busy", String(isRunning));
    if (hadFocus) (isRunning ? stop : start).focus();
  }

  async function generate() {
    running?.abort();
    const own = new AbortController();
    running = own;
    const active = settings.filter(({ amount }) => amount);
    const dialled = new Set(active.flatMap(({ target }) => named(target).features));
    problem.replaceChildren();
    for (const one of Object.values(columns)) {
      one.text = "";
      one.body.replaceChildren(element("p", { class: "strip-plain" }));
      one.note.textContent = "";
    }
    if (!active.length) columns.dialled.note.textContent = "No dial is turned: it would say the same.";
    setRunning(true);
    try {
      const asked = { prompt: prompt.value.trim(), dials: active.map(writtenDial), dictionary: dictionary() };
      for await (const { event, data } of api.generate(asked, own.signal)) {
        if (event === "done") break;
        const one = columns[data.side];
        if (event === "said") {
          one.text += data.text;
          /** @type {HTMLElement} */ (one.body.firstElementChild).textContent = one.text;
        } else if (event === "ended" && data.reason === "length") {
          one.note.textContent = `Cut off after ${data.output_tokens} tokens.`;
        } else if (event === "strip") {
          one.body.replaceChildren(...stripView(data, { at, dialled, name: NAMES[data.side] }));
        } else if (event === "note") one.note.textContent = data.text;
      }
      announce(active.length ? `Undialled: ${columns.undialled.text} Dialled: ${columns.dialled.text}` : columns.undialled.text);
    } catch (error) {
      if (own.signal.aborted) {
        if (running === own) for (const one of Object.values(columns)) if (one.text) one.note.textContent = "Stopped.";
      } else problem.replaceChildren(problemView(error, { retry: generate }));
    }
    if (running === own) setRunning(false);
  }

  return {
    view,
    /** @param {import("../../types.js").PresetShape[]} known */
    offer(known) {
      presets.replaceChildren(
        ...known.map((one) =>
          element("button", {
            type: "button",
            class: "chip",
            text: one.title,
            title: one.description,
            on: { click: () => change([...without(one.name), { target: one.name, amount: one.dose.recommended, operation: "" }]) },
          }),
        ),
      );
    },
    /** @param {Setting[]} now @param {string | undefined} said */
    update(now, said) {
      settings = now;
      showDials();
      if (said && document.activeElement !== prompt) prompt.value = said;
    },
    stop: () => running?.abort(),
  };
}
