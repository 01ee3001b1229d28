// Ask: a question in, an overview on top, its sources beside it.

import { current, format, go } from "../address.js";
import * as api from "../api.js";
import { element } from "../dom.js";
import { count } from "../figures.js";
import { createOverview } from "../parts/overview.js";
import { createReceiptDrawer } from "../parts/receiptdrawer.js";
import { createSearchForm } from "../parts/searchform.js";
import { SHOWN_AT_ONCE, sourcesView } from "../parts/sources.js";
import { wordsThen } from "../parts/spans.js";
import { welcomeView } from "../parts/welcome.js";

/** @typedef {import("../types.js").Address} Address */
/** @typedef {import("../types.js").Receipt} Receipt */
/** @typedef {import("../types.js").Source} Source */

/** @param {Address} address */
const questionKey = ({ q = "", library = "" }) => `${library}\n${q}`;

/** @param {Receipt} receipt */
const highestCited = ({ overview }) =>
  Math.max(0, ...overview.claims.flatMap((claim) => claim.citations.map(({ number }) => number)));

/** @param {HTMLElement} host @returns {import("../types.js").Room} */
export function createRoom(host) {
  const overview = createOverview();
  const sourcesPanel = element("aside", { class: "sources", "aria-label": "Sources" });
  const heading = element("h1", { class: "unseen" });
  const answer = element("div", { class: "answer", hidden: true }, heading, overview.element, sourcesPanel);
  const welcome = element("div", { class: "welcome" });
  const form = createSearchForm({ onAsk, onStop: () => stopAsking?.abort() });
  host.append(form.element, welcome, answer);

  /** Answers of this visit, so that Back shows what was there. @type {Map<string, Receipt>} */
  const answered = new Map();
  const receiptDrawer = createReceiptDrawer((id) => [...answered.values()].find((one) => one.id === id));
  /** @type {string | null} */
  let shownKey = null;
  /** @type {Source[]} */
  let sources = [];
  let sourcesState = "";
  /** @type {AbortController | null} */
  let stopAsking = null;
  /** The receipt's id once there is one, for events of clicks made before. */
  let receiptId = /** @type {PromiseWithResolvers<string | null>} */ (Promise.withResolvers());
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

  /** @param {import("../types.js").ReaderEvent} event */
  function record(event) {
    receiptId.promise.then((id) => api.record({ ...event, receipt_id: id }));
  }

  /** @param {Source[]} found @param {Address} at @param {number} shown */
  function showSources(found, at, shown) {
    // What stands beside the answer is not drawn anew unless it has changed.
    const state = JSON.stringify([shown, found]);
    if (state === sourcesState) return;
    sourcesState = state;
    sources = found;
    /** @param {Source} source */
    const onOpen = (source) => record({ kind: "result_clicked", document_id: source.document_id });
    sourcesPanel.replaceChildren(
      ...(found.length ? sourcesView(found, { at, onOpen, onLight: overview.light }, shown) : []),
    );
    tellJudgement();
  }

  /** Clears the place for another answer. @param {Address} at */
  function begin(at) {
    stopAsking?.abort();
    receiptId = Promise.withResolvers();
    sources = [];
    sourcesState = "";
    sourcesPanel.replaceChildren();
    welcome.replaceChildren();
    answer.hidden = false;
    heading.textContent = at.q ?? "";
    overview.begin({
      at,
      onLight: lightSources,
      onReceipt: () => record({ kind: "receipt_opened" }),
      onOpen: ({ document_id, number }) => record({ kind: "citation_opened", document_id, citation: number }),
    });
  }

  /** @param {Receipt} receipt @param {Address} at */
  function finish(receipt, at) {
    answered.set(questionKey(at), receipt);
    receiptId.resolve(receipt.id);
    showSources(
      receipt.sources,
      at,
      receipt.overview.abstention ? 0 : Math.max(SHOWN_AT_ONCE, highestCited(receipt)),
    );
    overview.finish(receipt);
  }

  /** @param {Address} at */
  async function ask(at) {
    begin(at);
    const stop = new AbortController();
    stopAsking = stop;
    const arrived = receiptId;
    form.setAsking(true);
    overview.progress("Choosing who answers …");
    try {
      for await (const { event, value } of api.ask(at.q ?? "", {
        library: at.library,
        signal: stop.signal,
      })) {
        if (stop.signal.aborted) return;
        if (event === "route") overview.progress(`${value.tier} tier: ${value.why} · searching …`);
        else if (event === "sources") {
          showSources(value, at, SHOWN_AT_ONCE);
          overview.progress(`Reading ${count(value.length, "source")} and checking each sentence …`);
        } else if (event === "claim") overview.add(value);
        else if (event === "receipt") finish(value, at);
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
    if (format(at) === format(current())) ask(at);
    else go(at);
  }

  function showWelcome() {
    stopAsking?.abort();
    answer.hidden = true;
    welcomeView().then((view) => answer.hidden && welcome.replaceChildren(...view));
  }

  return {
    title: (address) => address.q || "Ask",
    judgement: (id) => sources.find((source) => source.document_id === id) ?? null,
    wordsThen: (id, span) => wordsThen(answered.get(shownKey ?? ""), id, span),
    onJudgement(tell) {
      tellJudgement = tell;
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
      } else ask(at);
    },
  };
}
