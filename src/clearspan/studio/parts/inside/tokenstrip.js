// A generated text as tokens, each with a strip under it as strong as what was most active there. Opening a token lists
// its features. Left and right go from token to token.

import { element } from "../../dom.js";
import { visible } from "./featurepage.js";

/** @typedef {import("../../types.js").StripTokenShape} StripToken */

/**
 * @param {{tokens: StripToken[], labels: Record<string, string>}} strip
 * @param {{at: (index: number) => string, dialled: Set<number>, name: string}} how
 */
export function stripView({ tokens, labels }, { at, dialled, name }) {
  const opened = element("div", { class: "strip-opened", hidden: true });
  const text = element("p", { class: "strip", role: "group", "aria-label": `${name}, token by token` });
  const tokenViews = tokens.map((token, place) => {
    const strongest = token.features.find((one) => !dialled.has(one.index)) ?? token.features[0];
    const view = element("span", {
      class: "token",
      role: "button",
      tabindex: place ? "-1" : "0",
      "aria-expanded": "false",
      "aria-label": `${visible(token.text)}: ${strongest ? labels[strongest.index] || `feature ${strongest.index}` : "no feature"}`,
      text: token.text,
    });
    view.style.setProperty("--share", `${Math.round(Math.min(1, strongest?.share ?? 0) * 100)}%`);
    return view;
  });
  text.append(...tokenViews);

  /** @param {number} place */
  function open(place) {
    const isOpen = tokenViews[place].getAttribute("aria-expanded") === "true";
    for (const one of tokenViews) one.setAttribute("aria-expanded", "false");
    opened.hidden = isOpen;
    if (isOpen) return;
    tokenViews[place].setAttribute("aria-expanded", "true");
    const { text: said, features } = tokens[place];
    const rows = features.map(({ index, share }) => {
      const bar = element("span", { class: "weight-bar", "aria-hidden": "true" });
      bar.style.setProperty("--share", `${Math.min(1, share) * 100}%`);
      return element(
        "li",
        { class: dialled.has(index) ? "is-dialled" : "" },
        element("a", { href: at(index) }, element("span", { class: "feature-number", text: `#${index}` }), " ", labels[index] || "without a label"),
        dialled.has(index) && element("span", { class: "badge", text: "dialled" }),
        element("span", { class: "weight-track" }, bar),
        element("span", { class: "weight-figure", text: `${Math.round(share * 100)} %` }),
      );
    });
    opened.replaceChildren(
      element("p", {}, "At ", element("code", { text: visible(said) }), ", in shares of each feature's maximum:"),
      features.length ? element("ol", { class: "active-features" }, ...rows) : element("p", { class: "muted", text: "No feature was active." }),
    );
  }

  text.addEventListener("click", (event) => {
    const place = tokenViews.indexOf(/** @type {HTMLElement} */ (event.target));
    if (place >= 0) open(place);
  });
  text.addEventListener("keydown", (event) => {
    const place = tokenViews.indexOf(/** @type {HTMLElement} */ (event.target));
    if (place < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(place);
    }
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -place, End: tokens.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = tokenViews[Math.max(0, Math.min(tokens.length - 1, place + by))];
    tokenViews[place].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  return [text, opened];
}
