// How far answers can be trusted, as measured: what abstaining more or less often costs, and how often it would be right.

import * as api from "../../api.js";
import { announce, element } from "../../dom.js";
import { NARROW, chartView } from "../shared/chart.js";
import { problemView } from "../shared/problem.js";
import { save, tablesView } from "../shared/tables.js";

/** @param {HTMLElement} host @returns {import("../../rooms/registry.js").Room} */
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
          ...tablesView(measured.tables),
          ...measured.notes.map((text) => element("p", { class: "page-note muted", text })),
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
      if (!isShown) void show();
    },
  };
}
