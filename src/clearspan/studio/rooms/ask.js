// Ask: a question in, an overview on top, its sources beside it; or, in a visit without overviews, search results.

import { current, format, go } from "../address.js";
import * as api from "../api.js";
import { announce, element, present } from "../dom.js";
import { count } from "../formatting.js";
import { countedNote, heldOutNote } from "../parts/ask/readersnotes.js";
import { hitsView } from "../parts/shared/passages.js";
import { createOverview } from "../parts/ask/overview.js";
import { createReceiptDrawer } from "../parts/receipt/receiptdrawer.js";
import { createSearchForm } from "../parts/ask/questionform.js";
import { SHOWN_AT_ONCE, sourcesView } from "../parts/ask/sources.js";
import { wordsThen } from "../parts/shared/spans.js";
import { welcomeView } from "../parts/ask/welcome.js";
import { session, tell, watch } from "../readers.js";

/** @typedef {import("../address.js").Address} Address */
/** @typedef {import("../types.js").Receipt} Receipt */
/** @typedef {import("../types.js").Source} Source */
/** @typedef {import("../types.js").AnswerView} View */
/** @typedef {import("../types.js").SearchShape} SearchResult */
/** What came of a question: an answer, or results, and what counts it. @typedef {{receipt?: Receipt, results?: SearchResult, view: View | null}} Came */

/** @param {Address} address */
const questionKey = ({ q = "", library = "" }) => `${library}\n${q}`;

/** @param {Receipt} receipt */
const highestCited = ({ overview }) =>
  Math.max(0, ...overview.claims.flatMap((claim) => claim.citations.map(({ number }) => number)));

/** @param {HTMLElement} host @returns {import("./registry.js").Room} */
export function createRoom(host) {
  const overview = createOverview();
  const sourcesPanel = element("aside", { class: "sources", "aria-label": "Sources" });
  const heading = element("h1", { class: "unseen" });
  const counted = element("div", { class: "counted" });
  const column = element("div", { class: "answer-column" }, overview.element, counted);
  const answer = element("div", { class: "answer", hidden: true }, heading, column, sourcesPanel);
  const watching = watch(column);
  const welcome = element("div", { class: "welcome" });
  const form = createSearchForm({ onAsk, onStop: () => stopAsking?.abort() });
  host.append(form.element, welcome, answer);

  /** What came before, so that Back shows what was there. @type {Map<string, Came>} */
  const answered = new Map();
  const receiptDrawer = createReceiptDrawer((id) =>
    [...answered.values()].find(({ receipt }) => receipt?.id === id)?.receipt,
  );
  /** @type {string | null} */
  let shownKey = null;
  /** @type {Source[]} */
  let sources = [];
  let sourcesState = "";
  /** @type {AbortController | null} */
  let stopAsking = null;
  /** What counts the answer once it is whole, for clicks made before. */
  let viewed = /** @type {PromiseWithResolvers<View | null>} */ (Promise.withResolvers());
  let tellJudgement = () => {};

  /** @param {string[]} documents */
  function lightSources(documents) {
    for (const item of sourcesPanel.querySelectorAll("[data-document]")) {
      item.classList.toggle(
        "lit",
        documents.includes(/** @type {HTMLElement} */ (item).dataset.document ?? ""),
      );
    }
  }

  /** @param {Omit<import("../types.js").ReaderAct, "view">} act */
  function did(act) {
    void viewed.promise.then((view) => view && tell({ view: view.view, ...act }));
  }

  /** @param {Source[]} found @param {Address} at @param {number} shown */
  function showSources(found, at, shown) {
    // What stands beside the answer is not drawn anew unless it has changed.
    const state = JSON.stringify([shown, found]);
    if (state === sourcesState) return;
    sourcesState = state;
    sources = found;
    /** @param {Source} source */
    const onOpen = (source) => did({ kind: "result_clicked", rank: found.indexOf(source) + 1 });
    sourcesPanel.replaceChildren(
      ...(found.length ? sourcesView(found, { at, onOpen, onLight: overview.light }, shown) : []),
    );
    tellJudgement();
  }

  /** Clears the place for another answer. @param {Address} at */
  function begin(at) {
    stopAsking?.abort();
    viewed = Promise.withResolvers();
    watching.turn(null);
    counted.replaceChildren();
    sources = [];
    sourcesState = "";
    sourcesPanel.replaceChildren();
    welcome.replaceChildren();
    answer.hidden = false;
    heading.textContent = at.q ?? "";
    overview.begin({
      at,
      onLight: lightSources,
      onReceipt: () => did({ kind: "receipt_opened" }),
      onOpen: ({ number }) => did({ kind: "citation_opened", citation: number }),
    });
  }

  /** @param {Came} came @param {Address} at */
  function finish(came, at) {
    const { receipt, results, view } = came;
    answered.set(questionKey(at), came);
    viewed.resolve(view);
    if (receipt) {
      showSources(
        receipt.sources,
        at,
        receipt.overview.abstention ? 0 : Math.max(SHOWN_AT_ONCE, highestCited(receipt)),
      );
      overview.finish(receipt);
      if (view) counted.replaceChildren(countedNote());
    } else if (results) {
      /** @param {number} rank */
      const onOpen = (rank) => did({ kind: "result_clicked", rank });
      const note = heldOutNote(view?.holdout ?? 0.5, () => ask(at));
      overview.replace(note, ...present(hitsView(results, { at, onOpen })));
      announce(`No overview in this visit. ${count(results.hits.length, "passage")} found.`);
    }
    watching.turn(view?.view ?? null);
  }

  /** @param {Address} at */
  async function ask(at) {
    begin(at);
    const stop = new AbortController();
    stopAsking = stop;
    const arrived = viewed;
    /** @type {View | null} */
    let view = null;
    form.setAsking(true);
    overview.progress("Choosing who answers …");
    try {
      for await (const { event, data } of api.ask(at.q ?? "", {
        library: at.library,
        session: session(),
        signal: stop.signal,
      })) {
        if (stop.signal.aborted) return;
        if (event === "route")
          // A second route comes after the quotes, when another tier is to improve on them.
          overview.progress(`${data.tier} tier: ${data.why} · ${data.escalated_from ? "writing" : "searching"} …`);
        else if (event === "sources") {
          showSources(data, at, SHOWN_AT_ONCE);
          overview.progress(`Reading ${count(data.length, "source")} and checking each sentence …`);
        } else if (event === "shape") overview.shape(data);
        else if (event === "claim") overview.add(data);
        else if (event === "view") view = data;
        else if (event === "receipt") finish({ receipt: data, view }, at);
        else if (event === "results") finish({ results: data, view }, at);
      }
    } catch (error) {
      if (stopAsking !== stop) return;
      if (stop.signal.aborted)
        overview.stopped("Stopped. What stands here was verified; the rest was not waited for.");
      else overview.fail(error, () => ask(at));
    } finally {
      arrived.resolve(null);
      if (stopAsking === stop) {
        stopAsking = null;
        form.setAsking(false);
      }
    }
  }

  /** @param {string} question @param {string | undefined} library */
  function onAsk(question, library) {
    const at = { room: "ask", q: question, library };
    answered.delete(questionKey(at));
    if (format(at) === format(current())) void ask(at);
    else go(at);
  }

  function showWelcome() {
    stopAsking?.abort();
    watching.turn(null);
    overview.silence();
    answer.hidden = true;
    void welcomeView().then((view) => answer.hidden && welcome.replaceChildren(...view));
  }

  return {
    title: (address) => address.q || "Ask",
    judgement: (id) => sources.find((source) => source.document_id === id) ?? null,
    wordsThen: (id, span) => wordsThen(answered.get(shownKey ?? "")?.receipt, id, span),
    onJudgement(told) {
      tellJudgement = told;
    },
    update(address) {
      receiptDrawer.update(address);
      const key = questionKey(address);
      if (key === shownKey) return;
      shownKey = key;
      form.show(address.q ?? "", address.library);
      const at = { room: "ask", q: address.q, library: address.library };
      const known = answered.get(key);
      if (!address.q) showWelcome();
      else if (known) {
        begin(at);
        form.setAsking(false);
        finish(known, at);
      } else void ask(at);
    },
  };
}
