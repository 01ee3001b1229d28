// A whole document in a drawer, with the cited span lit and in sight, and what was judged of its source.

import * as api from "../../api.js";
import { element, outside } from "../../dom.js";
import { published } from "../../formatting.js";
import { createDrawer } from "./drawer.js";
import { kindBadge, standingBars, warningSign } from "./marks.js";
import { problemView } from "./problem.js";
import { reasons } from "./reasons.js";
import { beginsWith, parseSpan, toUnits } from "./spans.js";

/** @typedef {import("../../types.js").DocumentText} WholeDocument */
/** @typedef {import("../../types.js").Source} Source */

/** @param {WholeDocument} shown */
function head(shown) {
  const facts = [
    shown.publisher && element("span", { text: shown.publisher }),
    shown.author && element("span", { text: shown.author }),
    shown.date && element("span", { text: published(shown.date) }),
    shown.page_starts.length > 0 && element("span", { text: `${shown.page_starts.length} pages` }),
  ];
  return element(
    "header",
    { class: "document-head" },
    element("h2", { text: shown.title, tabindex: "-1" }),
    element("p", { class: "source-line" }, kindBadge(shown.kind), ...facts),
    shown.url && element("p", { class: "document-url" }, outside(shown.url)),
    shown.left_out && element("p", { class: "source-line", text: shown.left_out }),
  );
}

/** @param {Source} source */
function judgement(source) {
  return element(
    "section",
    { class: source.believed ? "judgement" : "judgement judgement-doubted", "aria-label": "Judgement" },
    element(
      "p",
      { class: "judgement-line" },
      source.believed ? standingBars(source.standing) : warningSign(),
      element("strong", {
        text: source.believed ? "Believed in this answer" : "Not believed in this answer",
      }),
    ),
    reasons(source),
  );
}

/**
 * The text in pieces: plain, the lit span, and a line where each page begins. Only text nodes hold the text, so
 * that nothing in it can become markup.
 * @param {WholeDocument} shown
 * @param {[number, number] | null} span
 */
function text(shown, span) {
  const pages = new Set(shown.page_starts);
  const [start, end] = span ?? [-1, -1];
  const cuts = [...new Set([0, ...pages, ...(span ?? [])])].sort((a, b) => a - b);
  const units = [...toUnits(shown.text, cuts), shown.text.length];
  const body = element("div", {
    class: "document-text",
    lang: "",
    role: "region",
    "aria-label": "Text",
    tabindex: "0",
  });
  let page = 0;
  let isFirst = true;
  cuts.forEach((cut, index) => {
    if (pages.has(cut)) body.append(element("span", { class: "page-start", text: `page ${++page}` }));
    const piece = shown.text.slice(units[index], units[index + 1]);
    if (cut >= start && cut < end && piece) {
      body.append(
        element("mark", {
          id: isFirst ? "span" : undefined,
          tabindex: isFirst ? "-1" : undefined,
          text: piece,
        }),
      );
      isFirst = false;
    } else {
      body.append(piece);
    }
  });
  return body;
}

/** The words at a span. @param {WholeDocument} shown @param {[number, number]} span */
const wordsNow = (shown, span) => shown.text.slice(...toUnits(shown.text, span));

/** Why nothing is lit: the offsets belong to a text that is no longer here. @param {string} words */
const changedNote = (words) =>
  element(
    "p",
    { class: "note document-changed" },
    warningSign(),
    element("span", { text: `This document has changed since the answer was given. It said then: “${words}”` }),
  );

/** @param {() => void} close */
export function createDocumentView(close) {
  const drawer = createDrawer("Document", close);
  const holder = element("div", { class: "judgement-holder" });
  let shownKey = "";
  /** @type {{documentId: string, room: import("../../rooms/registry.js").Room} | null} */
  let shown = null;
  /** @type {{whole: WholeDocument, span: [number, number] | null} | null} */
  let loaded = null;

  function showJudgement() {
    const source = shown?.room.judgement?.(shown.documentId);
    const then = changedWords();
    holder.replaceChildren(
      ...(source ? [judgement(source)] : []),
      ...(then === null ? [] : [changedNote(then)]),
    );
    if (then !== null) for (const lit of drawer.body.querySelectorAll("mark")) lit.replaceWith(...lit.childNodes);
  }

  /** What the answer found at the lit span, if that is not what stands there now. */
  function changedWords() {
    if (!shown || !loaded?.span) return null;
    const then = shown.room.wordsThen?.(shown.documentId, loaded.span) ?? null;
    return then === null || beginsWith(wordsNow(loaded.whole, loaded.span), then) ? null : then;
  }

  /** @param {import("../../address.js").Address} address */
  async function load(address) {
    const wanted = shownKey;
    const id = /** @type {string} */ (address.document);
    drawer.body.replaceChildren(element("p", { class: "muted loading", text: "Opening the document …" }));
    loaded = null;
    try {
      const whole = await api.documentText(id, address.library);
      if (shownKey !== wanted) return;
      const span = parseSpan(address.span);
      drawer.body.replaceChildren(
        element("article", { class: "document" }, head(whole), holder),
        text(whole, span),
      );
      loaded = { whole, span };
      showJudgement();
      const lit = drawer.body.querySelector("mark");
      (lit ?? drawer.body.querySelector("h2"))?.focus({ preventScroll: true });
      if (lit) lit.scrollIntoView({ block: "center" });
    } catch (error) {
      if (shownKey === wanted)
        drawer.body.replaceChildren(problemView(error, { retry: () => load(address) }));
    }
  }

  return {
    /** Follows the address. @param {import("../../address.js").Address} address @param {import("../../rooms/registry.js").Room} room */
    update(address, room) {
      if (!address.document) {
        shownKey = "";
        shown = null;
        drawer.hide();
        return;
      }
      shown = { documentId: address.document, room };
      showJudgement();
      room.onJudgement?.(showJudgement);
      const key = `${address.library ?? ""} ${address.document} ${address.span ?? ""}`;
      drawer.show();
      if (key === shownKey) return;
      shownKey = key;
      void load(address);
    },
  };
}
