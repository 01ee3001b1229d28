// What readers do with answers, and what overviews change; what is kept of it, and how to switch it off.

import { format } from "../../address.js";
import * as api from "../../api.js";
import { announce, element } from "../../dom.js";
import { count } from "../../formatting.js";
import { browserAsksNotTo, isCounted, setCounted } from "../../readers.js";
import { measureView } from "./readersmeasure.js";
import { problemView } from "../shared/problem.js";
import { save } from "../shared/tables.js";

/** @typedef {import("../../types.js").ReadersReport} ReadersReport */
/** @typedef {import("../../types.js").ReadersPolicy} ReadersPolicy */

/** @type {[string, string][]} */
const PERIODS = [
  ["", "all that is kept"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
];

/** @param {string} since */
const periods = (since) =>
  element(
    "nav",
    { class: "periods", "aria-label": "Period" },
    ...PERIODS.map(([value, text]) =>
      element("a", {
        href: format({ room: "audit", page: "readers", since: value || undefined }),
        "aria-current": value === since ? "true" : undefined,
        text,
      }),
    ),
  );

/** @param {ReadersReport} report @param {ReadersPolicy} policy */
function summary({ sessions, questions }, { recorded }) {
  if (!recorded) return "Readers are not recorded here: the setting readers_recorded is off.";
  const seen = `${count(sessions.overview, "visit")} asked ${count(questions.overview, "question")} and saw overviews`;
  if (!sessions.results) return `${seen}.`;
  return `${seen}; ${count(sessions.results, "visit")} asked ${count(questions.results, "question")} and saw search results alone.`;
}

/** @param {ReadersPolicy} policy */
function kept({ recorded, holdout, days }) {
  const box = element("input", { type: "checkbox", id: "counted" });
  box.checked = isCounted();
  box.disabled = browserAsksNotTo() || !recorded;
  const state = element("span", { class: "muted" });
  const say = () => {
    state.textContent = browserAsksNotTo()
      ? "Your browser asks not to be counted, and is not."
      : box.checked
        ? ""
        : "Nothing from this browser is counted, and every question is answered.";
  };
  box.addEventListener("change", () => {
    setCounted(box.checked);
    say();
    announce(box.checked ? "This browser is counted." : "This browser is not counted.");
  });
  say();
  const facts = [
    "of a question: its type, such as ‘number’ or ‘person’, whether it was answered, and how many citations it has; never its words",
    "of what you do: that an answer was in sight and for how many seconds, and that a citation (its number), a result (its place) or a receipt was opened; never which document",
    "of you: a number drawn at random for this tab, under another name, so that questions of one visit can be counted together; it ends with the tab or after half an hour",
    `of the time: the day. After ${days} days all of it is deleted`,
  ];
  return element(
    "section",
    { class: "kept", "aria-label": "What is kept" },
    element("h2", { text: "What is kept" }),
    element("ul", {}, ...facts.map((text) => element("li", { text }))),
    element("p", {
      text: holdout
        ? `${Math.round(holdout * 1000) / 10} % of visits, drawn by lot, see search results alone.`
        : "Every visit sees overviews: no share of them is held out.",
    }),
    element("p", {}, "All of it stays on the computer that serves this page."),
    element("p", { class: "kept-switch" }, box, element("label", { for: "counted", text: "Count what I do in this browser" }), state),
  );
}

/** @param {HTMLElement} host @returns {import("../../rooms/registry.js").Room} */
export function createPage(host) {
  host.classList.add("readers-page");
  const place = element("div", { class: "readers-report", "aria-live": "off" });
  const head = element("div", { class: "readers-head" });
  host.append(element("h1", { text: "Readers" }), head, place);
  let asked = /** @type {string | null} */ (null);

  /** @param {string} since */
  async function show(since) {
    head.replaceChildren(periods(since));
    place.setAttribute("aria-busy", "true");
    try {
      const { report, policy } = await api.readers(since || undefined);
      if (asked !== since) return;
      const any = report.sessions.overview + report.sessions.results > 0;
      place.replaceChildren(
        element("p", { class: "lead", text: summary(report, policy) }),
        ...(any ? report.measures.map(measureView) : []),
        ...report.notes.map((text) => element("p", { class: "page-note muted", text })),
        element(
          "p",
          { class: "actions" },
          element("button", { type: "button", text: "CSV", "aria-label": "Download all figures as CSV", on: { click: () => download(since) } }),
        ),
        kept(policy),
      );
      announce(summary(report, policy));
    } catch (error) {
      if (asked === since) place.replaceChildren(problemView(error, { retry: () => show(since) }));
    }
    place.setAttribute("aria-busy", "false");
  }

  /** @param {string} since */
  async function download(since) {
    try {
      save("readers", "csv", await api.readersFile(since || undefined));
    } catch (error) {
      place.prepend(problemView(error));
    }
  }

  return {
    title: () => "Readers · Audit",
    update(address) {
      // Entering the page counts anew; opening and closing a drawer over it does not.
      if (asked === (address.since ?? "") && host.contains(document.activeElement)) return;
      asked = address.since ?? "";
      void show(asked);
    },
  };
}
