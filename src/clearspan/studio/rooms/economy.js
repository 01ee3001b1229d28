// Economy: the lifetime planner. What size and how much data cost least at a quality and a traffic, by each law.

import { current, go } from "../address.js";
import * as api from "../api.js";
import { announce, element } from "../dom.js";
import { NARROW, chartView } from "../parts/shared/chart.js";
import { createControls, request } from "../parts/economy/plancontrols.js";
import { problemView } from "../parts/shared/problem.js";
import { save, tablesView } from "../parts/shared/tables.js";

/** @typedef {import("../types.js").Plan} Plan */

const STILL_MS = 180;

/** @param {Plan} plan */
const summaryView = (plan) =>
  element("section", { class: "plan-summary", "aria-label": "Plan" }, ...plan.summary.map((text) => element("p", { text })));

/** Compute in sight, the other currencies one click away. @param {Plan} plan
 *  @param {(name: string, ending: "svg" | "csv") => void} download */
function scaleView(plan, download) {
  const [first, ...rest] = plan.charts.map((chart) => chartView(chart, download));
  const more = element("details", { class: "plan-more" }, element("summary", { text: "Data, energy and money" }), ...rest);
  return [first, more];
}

/** @param {Plan[]} plans */
const notesView = (plans) =>
  element(
    "details",
    { class: "plan-notes" },
    element("summary", { text: "Sources and assumptions" }),
    element("ul", {}, ...[...new Set(plans.flatMap((plan) => plan.notes))].map((text) => element("li", { text }))),
  );

/** @param {HTMLElement} host @returns {import("./registry.js").Room} */
export function createRoom(host) {
  const controls = createControls((change) => go({ ...current(), ...change }, { replace: true }));
  const result = element("div", { class: "plan-result" });
  host.append(
    element(
      "div",
      { class: "plan-side" },
      element("h1", { text: "Plan" }),
      element("p", { class: "muted", text: "The cheapest model over its whole life: trained once, served often." }),
      controls.view,
    ),
    result,
  );

  let asked = "";
  let waiting = 0;
  let draw = () => {};
  NARROW.addEventListener("change", () => draw());
  /** @type {AbortController | null} */
  let running = null;

  async function show() {
    const search = request(current());
    running?.abort();
    const own = new AbortController();
    running = own;
    result.setAttribute("aria-busy", "true");
    try {
      const plan = await api.plan("lifetime", search, own.signal);
      const size = new URLSearchParams(search);
      size.set("parameters", String(plan.numbers.parameters_by_money.value));
      size.set("tokens", String(plan.numbers.tokens_by_money.value));
      const scale = await api.plan("magnitudes", size, own.signal);
      draw = () =>
        result.replaceChildren(
          summaryView(plan),
          ...plan.charts.map((chart) => chartView(chart, (name, ending) => download("lifetime", search, name, ending))),
          ...tablesView(plan.tables),
          element("h2", { class: "plan-scale", text: "Orders of magnitude" }),
          summaryView(scale),
          ...scaleView(scale, (name, ending) => download("magnitudes", size, name, ending)),
          ...tablesView(scale.tables),
          notesView([plan, scale]),
        );
      draw();
      announce(plan.summary[0]);
    } catch (error) {
      if (own.signal.aborted) return;
      draw = () => {};
      result.replaceChildren(problemView(error, { retry: show }));
    }
    if (running === own) result.setAttribute("aria-busy", "false");
  }

  /** @param {"lifetime" | "magnitudes"} question @param {URLSearchParams} search @param {string} name
   *  @param {"svg" | "csv"} ending */
  async function download(question, search, name, ending) {
    try {
      save(name, ending, await api.planFile(question, search, name, ending));
    } catch (error) {
      result.prepend(problemView(error));
    }
  }

  return {
    title: () => "Plan",
    update(address) {
      controls.update(address);
      const wanted = request(address).toString();
      if (wanted === asked) return;
      const first = !asked;
      asked = wanted;
      clearTimeout(waiting);
      waiting = window.setTimeout(show, first ? 0 : STILL_MS);
    },
  };
}
