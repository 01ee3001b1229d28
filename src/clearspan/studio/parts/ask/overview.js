// The overview while it grows: claims join the end and never move; then notes and the status line below them.

import { format } from "../../address.js";
import { announce, element, present } from "../../dom.js";
import { count, joules, price, seconds } from "../../formatting.js";
import { abstentionView } from "./abstention.js";
import { claimView } from "../shared/claim.js";
import { conflictView } from "./conflict.js";
import { conditionsLabel, figureView, layoutName, leftOpen, verdictView, verdictWords } from "./shape.js";
import { warningSign } from "../shared/marks.js";
import { problemView } from "../shared/problem.js";
import { createReadAloud } from "./readaloud.js";

/** @typedef {import("../../types.js").Receipt} Receipt */

/** @param {Receipt} receipt */
function summary({ route, meter }) {
  return [
    `${route.tier} tier`,
    seconds(meter.seconds),
    count(meter.input_tokens + meter.output_tokens, "token"),
    joules(meter.joules),
    ...(meter.currency ? [price(meter.money, meter.currency)] : []),
  ];
}

/** @param {Receipt} receipt what a screen reader says once the answer is whole */
function spoken({ overview, sources }) {
  if (overview.abstention) return `No answer. ${overview.abstention.message}`;
  const word = overview.verdict ? `${verdictWords(overview.verdict)}. ` : "";
  const sentences = word + overview.claims.map((claim) => claim.text).join(" ");
  const cited = new Set(overview.claims.flatMap((claim) => claim.citations.map((one) => one.document_id)))
    .size;
  const doubted = sources.filter((source) => !source.believed).length;
  return `${sentences} ${count(overview.claims.length, "sentence")} from ${count(cited, "source")}${doubted ? `, ${doubted} not believed` : ""}.`;
}

/** @typedef {import("../shared/claim.js").Does & {onReceipt: () => void}} Does */

export function createOverview() {
  /** @type {Does} */
  let does;
  const head = element("div", { class: "overview-head" });
  const list = element("ol", { class: "claims" });
  const rest = element("div", { class: "overview-rest" });
  const status = element("p", { class: "status" });
  const readAloud = createReadAloud();
  const section = element("section", { class: "overview", "aria-label": "Overview" }, head, list, rest, status);

  /** @param {import("../../types.js").Claim} claim */
  function add(claim) {
    const isFirst = !list.querySelector(".role-answer");
    const figure = list.dataset.layout === "number" && isFirst ? figureView(claim) : null;
    if (figure) head.append(figure);
    const opensConditions =
      claim.role === "condition" && !list.lastElementChild?.classList.contains("role-condition");
    const item = claimView(claim, does);
    if (opensConditions) item.prepend(conditionsLabel());
    list.append(item);
  }

  /** @param {import("../../types.js").AnswerShape} shape */
  function shape({ layout, verdict }) {
    list.dataset.layout = layout;
    list.setAttribute("aria-label", layoutName(layout));
    head.replaceChildren(...present([verdictView(verdict)]));
  }

  return {
    element: section,

    /** An empty overview for another answer. @param {Does} next */
    begin(next) {
      does = next;
      head.replaceChildren();
      list.replaceChildren();
      delete list.dataset.layout;
      rest.replaceChildren();
      readAloud.offer("");
      section.setAttribute("aria-busy", "true");
    },

    /** What is being done now. @param {string} doing */
    progress(doing) {
      status.replaceChildren(element("span", { class: "doing", text: doing }));
    },

    /** The form of what comes, before its first claim. */
    shape,

    add,

    /** @param {Receipt} receipt */
    finish(receipt) {
      section.setAttribute("aria-busy", "false");
      const { claims, abstention, conflict, notes, layout, verdict } = receipt.overview;
      // A stream has brought the claims already; an answer that is shown again brings them here.
      if (!list.childElementCount) shape({ layout, verdict });
      claims.slice(list.childElementCount).forEach(add);
      rest.replaceChildren(
        ...(abstention ? [abstentionView(abstention)] : []),
        ...present([...leftOpen(receipt.overview), conflictView(receipt, does)]),
        // The two sides carry the note on their disagreement.
        ...notes
          .filter((note) => note !== conflict?.note)
          .map((note) => element("p", { class: "note" }, warningSign(), element("span", { text: note }))),
      );
      status.replaceChildren(
        element(
          "span",
          { class: "figures", title: receipt.meter.joules_how },
          ...summary(receipt).map((text) => element("span", { text })),
        ),
        element(
          "span",
          { class: "status-end" },
          readAloud.element,
          element("a", {
            class: "receipt-link",
            href: format({ ...does.at, receipt: receipt.id }),
            text: "Receipt ▸",
            on: { click: does.onReceipt },
          }),
        ),
      );
      readAloud.offer(receipt.overview.spoken ?? "");
      announce(spoken(receipt));
    },

    /** Something else stands where an overview would. @param {...(Node | string)} parts */
    replace(...parts) {
      section.setAttribute("aria-busy", "false");
      head.replaceChildren();
      list.replaceChildren();
      rest.replaceChildren(...parts);
      status.replaceChildren();
    },

    /** Reads nothing aloud any more. */
    silence() {
      readAloud.offer("");
    },

    /** @param {string} message */
    stopped(message) {
      section.setAttribute("aria-busy", "false");
      status.replaceChildren(element("span", { text: message }));
      announce(message);
    },

    /** @param {unknown} error @param {() => void} retry */
    fail(error, retry) {
      section.setAttribute("aria-busy", "false");
      rest.replaceChildren(problemView(error, { retry }));
      status.replaceChildren();
    },

    /** Marks the claims that cite one of the documents. @param {string[]} documents */
    light(documents) {
      for (const item of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("li.claim"))) {
        const cited = item.dataset.documents?.split(" ") ?? [];
        item.classList.toggle(
          "lit",
          documents.some((id) => cited.includes(id)),
        );
      }
    },
  };
}
