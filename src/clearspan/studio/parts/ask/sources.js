// The sources beside the overview: believed ones with their numbers, then those not believed, with reasons.

import { documentAt } from "../../address.js";
import { element, present } from "../../dom.js";
import { published } from "../../formatting.js";
import { kindBadge, standingBars, warningSign } from "../shared/marks.js";
import { badges, reasons, why } from "../shared/reasons.js";

/** @typedef {import("../../types.js").Source} Source */

/** How many sources stand open beside an answer, if no more are cited. */
export const SHOWN_AT_ONCE = 3;

/**
 * @typedef {object} Does
 * @property {import("../../address.js").Address} at The place that documents open over.
 * @property {(source: Source) => void} onOpen
 * @property {(documents: string[]) => void} onLight Lights the sentences that cite the source that is pointed at.
 */

/** @param {Source} source @param {Source[]} all */
const sourceLine = (source, all) =>
  element(
    "p",
    { class: "source-line" },
    kindBadge(source.kind),
    source.believed && standingBars(source.standing),
    source.publisher && element("span", { text: source.publisher }),
    source.date && element("span", { text: published(source.date) }),
    ...badges(source, all),
  );

/** @param {Source} source @param {Does} does @param {Source[]} all */
function sourceView(source, { at, onOpen, onLight }, all) {
  const title = element("a", {
    class: "source-title",
    href: documentAt(at, source),
    text: source.title,
    on: { click: () => onOpen(source) },
  });
  /** @param {boolean} on */
  const light = (on) => {
    // The pointer may rest on one while the focus moves to another: the last one counts.
    item.parentElement?.querySelector(".lit")?.classList.remove("lit");
    item.classList.toggle("lit", on);
    onLight(on ? [source.document_id] : []);
  };
  const item = element(
    "li",
    {
      class: source.believed ? "source" : "source source-doubted",
      data: { document: source.document_id },
      on: {
        mouseenter: () => light(true),
        mouseleave: () => light(false),
        focusin: () => light(true),
        focusout: () => light(false),
      },
    },
    source.believed
      ? element("span", {
          class: "source-number",
          text: source.number === null ? "·" : String(source.number),
        })
      : warningSign(),
    element(
      "div",
      {},
      title,
      sourceLine(source, all),
      !source.believed && reasons(source),
      source.believed && source.excerpt && element("p", { class: "excerpt", text: source.excerpt }),
      source.believed && why(source),
    ),
  );
  return item;
}

/**
 * @param {Source[]} sources
 * @param {Does} does
 * @param {number} shown how many believed ones stand open; the rest is one click away
 */
export function sourcesView(sources, does, shown) {
  const believed = sources.filter((source) => source.believed);
  const doubted = sources.filter((source) => !source.believed);
  const items = believed.map((source) => sourceView(source, does, sources));
  const rest = items.splice(shown);
  /** @type {(HTMLElement | false)[]} */
  const parts = [
    element("h2", { text: "Sources" }),
    believed.length === 0 && element("p", { class: "muted", text: "No source that is believed here." }),
    items.length > 0 && element("ol", { class: "source-list" }, ...items),
  ];
  if (rest.length) {
    parts.push(
      element(
        "details",
        { class: "more-sources" },
        element("summary", {
          text: shown ? `${rest.length} more found` : `${rest.length} found, none of them enough`,
        }),
        element("ol", { class: "source-list" }, ...rest),
      ),
    );
  }
  if (doubted.length) {
    parts.push(
      element("h2", { id: "not-believed", text: "Not believed" }),
      element(
        "ul",
        { class: "source-list", "aria-labelledby": "not-believed" },
        ...doubted.map((source) => sourceView(source, does, sources)),
      ),
    );
  }
  return present(parts);
}
