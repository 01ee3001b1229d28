// How far answers can be trusted, as measured: what abstaining more or less often costs, and how often it would be right.

import * as api from "../api.js";
import { announce, element } from "../dom.js";
import { NARROW, chartView, save, table } from "./chart.js";
import { problemView } from "./problem.js";

/** @param {import("../types.js").PlanTable} shown */
const tableView = ({ title, columns, rows, note }) =>
  element(
    "section",
    { class: "plan-figures" },
    element("h2", { text: title }),
    element("div", { class: "table-holder", tabindex: "0", role: "region", "aria-label": title }, table(columns, rows)),
    note && element("p", { class: "muted", text: note }),
  );

/** @param {HTMLElement} host @returns {import("../types.js").Room} */
export function createPage(host) {
  host.classList.add("truth-page");
  const place = element("div");
  host.append(element("h1", { text: "Truth" }), place);
  let draw = () => {};
  let isShown = false;
  NARROW.addEventListener("change", () => draw());

  async function show() {
    place.replaceChildren(element("p", { class: "muted loading", text: "Fetching what was measured …" }));
    try {
      const measured = await api.truth();
      draw = () =>
        place.replaceChildren(
          ...measured.summary.map((text) => element("p", { class: "lead", text })),
          ...measured.charts.map((chart) => chartView(chart, download)),
          ...measured.tables.map(tableView),
          ...measured.notes.map((text) => element("p", { class: "usage-note muted", text })),
        );
      draw();
      announce(measured.summary[0] ?? measured.title);
      isShown = true;
    } catch (error) {
      place.replaceChildren(problemView(error, { retry: show }));
    }
  }

  /** @param {string} name @param {"svg" | "csv"} ending */
  async function download(name, ending) {
    try {
      save(name, ending, await api.truthFile(name, ending));
    } catch (error) {
      place.prepend(problemView(error));
    }
  }

  return {
    title: () => "Truth · Audit",
    update() {
      if (!isShown) show();
    },
  };
}
