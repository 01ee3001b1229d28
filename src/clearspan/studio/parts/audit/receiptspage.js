// The receipts of the answers given, newest first; open one, replay it to see what has changed since, and have its
// faults told apart.

import { format } from "../../address.js";
import * as api from "../../api.js";
import { announce, element } from "../../dom.js";
import { count, joules, moment, seconds } from "../../formatting.js";
import { createDiagnoser } from "../receipt/diagnosis.js";
import { supportMark, warningSign } from "../shared/marks.js";
import { problemView } from "../shared/problem.js";
import { receiptView } from "../receipt/receipt.js";
import { wordsThen } from "../shared/spans.js";

/** @typedef {import("../../types.js").Receipt} Receipt */

const AT_ONCE = 50;

/** @param {Receipt} receipt */
function outcome({ overview }) {
  if (overview.abstention) return `abstained: ${overview.abstention.code.replaceAll("_", " ")}`;
  const disputed = overview.claims.some((claim) => claim.support === "disputed");
  return count(overview.claims.length, "sentence") + (disputed ? ", disputed" : "");
}

/** @param {Receipt} receipt */
const row = (receipt) =>
  element(
    "li",
    { data: { receipt: receipt.id } },
    element(
      "a",
      { class: "audit-row", href: format({ room: "audit", receipt: receipt.id }) },
      element("span", { class: "audit-question", text: receipt.question }),
      element(
        "span",
        { class: "figures" },
        ...[
          moment(receipt.created_at),
          outcome(receipt),
          receipt.route.tier,
          seconds(receipt.meter.seconds),
          joules(receipt.meter.joules),
        ].map((text) => element("span", { text })),
      ),
    ),
  );

/** @param {import("../../types.js").Replay} replayed */
function replayView({ same, changes }) {
  if (same) {
    return element(
      "p",
      { class: "replay-same" },
      supportMark("supported"),
      " The same question gives the same answer today.",
    );
  }
  return element(
    "div",
    { class: "replay-changed" },
    element("p", {}, warningSign(), element("strong", { text: "Something has changed since" })),
    element("ul", {}, ...changes.map((change) => element("li", { text: change }))),
  );
}

/** @param {HTMLElement} host @returns {import("../../rooms/registry.js").Room} */
export function createPage(host) {
  host.classList.add("audit-receipts");
  const list = element("ol", { class: "audit-list" });
  const older = element("button", {
    type: "button",
    text: "Older",
    hidden: true,
    on: { click: () => grow() },
  });
  const trouble = element("div");
  const shown = element("section", { class: "audit-receipt", "aria-label": "Receipt" });
  const listing = element(
    "section",
    { class: "audit-listing", "aria-label": "Receipts" },
    element("h1", { text: "Receipts" }),
    trouble,
    list,
    older,
  );
  host.append(listing, shown);

  let before = "";
  let shownId = "";
  /** @type {Receipt | null} */
  let open = null;
  let tellJudgement = () => {};

  async function grow() {
    try {
      const { receipts } = await api.receipts({ before: before || undefined, limit: AT_ONCE });
      trouble.replaceChildren();
      list.append(...receipts.map(row));
      before = receipts.at(-1)?.created_at ?? before;
      older.hidden = receipts.length < AT_ONCE;
      if (!list.childElementCount)
        trouble.replaceChildren(element("p", { class: "muted", text: "No question has been asked yet." }));
      markOpen();
    } catch (error) {
      trouble.replaceChildren(problemView(error, { retry: grow }));
    }
  }

  function refresh() {
    before = "";
    list.replaceChildren();
    void grow();
  }

  function markOpen() {
    for (const link of list.querySelectorAll("a")) {
      if (link.parentElement?.dataset.receipt === shownId) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {Receipt} receipt */
  function replayPart(receipt) {
    const result = element("div", { class: "replay-result", "aria-live": "polite" });
    const button = element("button", {
      type: "button",
      class: "primary",
      text: "Replay",
      on: { click: replay },
    });
    async function replay() {
      button.disabled = true;
      result.replaceChildren(
        element("p", { class: "muted loading", text: "Asking the same again, with what is there today …" }),
      );
      try {
        result.replaceChildren(replayView(await api.replay(receipt.id)));
      } catch (error) {
        result.replaceChildren(problemView(error));
      }
      button.disabled = false;
      button.focus();
    }
    return element(
      "div",
      { class: "replay" },
      element(
        "p",
        { class: "actions" },
        button,
        element("a", { href: format({ room: "ask", q: receipt.question }), text: "Ask it anew" }),
      ),
      result,
    );
  }

  /** @param {string} id */
  async function show(id) {
    shownId = id;
    open = null;
    markOpen();
    host.classList.toggle("has-receipt", Boolean(id));
    if (!id) {
      shown.replaceChildren(
        element("p", { class: "muted", text: "Choose a receipt to see how its answer came about." }),
      );
      return;
    }
    shown.replaceChildren(element("p", { class: "muted loading", text: "Fetching the receipt …" }));
    try {
      const receipt = await api.receipt(id);
      if (shownId !== id) return;
      open = receipt;
      const at = { room: "audit", receipt: id, library: receipt.library };
      shown.replaceChildren(
        element("a", { class: "back", href: format({ room: "audit" }), text: "‹ All receipts" }),
        replayPart(receipt),
        receiptView(receipt, at),
        createDiagnoser(receipt, at),
      );
      announce(`Receipt for ${receipt.question}`);
      tellJudgement();
    } catch (error) {
      if (shownId === id) shown.replaceChildren(problemView(error, { retry: () => show(id) }));
    }
  }

  void show("");
  return {
    judgement: (id) => open?.sources.find((source) => source.document_id === id) ?? null,
    wordsThen: (id, span) => wordsThen(open, id, span),
    onJudgement(tell) {
      tellJudgement = tell;
    },
    title: () => (open ? `${open.question} · Audit` : "Audit"),
    update(address) {
      if (!host.contains(document.activeElement)) refresh();
      if ((address.receipt ?? "") !== shownId) void show(address.receipt ?? "");
    },
  };
}
