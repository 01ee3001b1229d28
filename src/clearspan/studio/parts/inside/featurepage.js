// The page of one feature: what it is called and by whom, where it is active, what it promotes, what lies near it.

import { element, drawing } from "../../dom.js";
import { count, moment, scaled } from "../../formatting.js";
import { generatedMark } from "../shared/marks.js";
import { problemView } from "../shared/problem.js";

/** @typedef {import("../../types.js").FeaturePage} FeaturePage */

const MAKERS = /** @type {Record<string, string>} */ ({ words: "from its words, without a model" });
/** @param {string} maker */
const madeBy = (maker) => MAKERS[maker] ?? `by ${maker === "person" ? "a person" : maker}`;

/** @param {number} density */
export function densityText(density) {
  if (!density) return "never active";
  return density >= 0.001 ? `active at ${Number((density * 100).toPrecision(2))} % of tokens` : `active at 1 token in ${scaled(Math.round(1 / density))}`;
}

/** Counts of active tokens by strength, on a logarithmic scale. @param {FeaturePage} page */
function histogramView({ histogram, maximum }) {
  const [wide, high] = [480, 72];
  const most = Math.log10(1 + Math.max(...histogram, 1));
  const bar = wide / histogram.length;
  const bars = histogram.map((value, at) => {
    const tall = (Math.log10(1 + value) / most) * (high - 2);
    return drawing("rect", { class: "histogram-bar", x: at * bar + 0.5, y: high - tall, width: bar - 1, height: tall });
  });
  const total = histogram.reduce((sum, value) => sum + value, 0);
  return element(
    "figure",
    { class: "histogram" },
    drawing(
      "svg",
      { viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: "none", role: "img", "aria-label": `Activations of ${count(total, "token")}: most lie near zero, the highest is ${scaled(maximum)}.` },
      ...bars,
      drawing("line", { class: "chart-axis", x1: 0, x2: wide, y1: high - 0.5, y2: high - 0.5 }),
    ),
    element("figcaption", { class: "histogram-ends" }, element("span", { text: "0" }), element("span", { text: `${count(total, "token")}, log scale` }), element("span", { text: scaled(maximum) })),
  );
}

/** @param {import("../../types.js").ExampleShape} example @param {number} maximum */
function exampleView({ tokens, activations, peak, source, written_by: model }, maximum) {
  const line = element("p", { class: model ? "example-text" : "example-text is-quoted" });
  tokens.forEach((token, at) => {
    if (!activations[at]) {
      line.append(token);
      return;
    }
    const lit = element("span", { class: at === peak ? "lit-token is-peak" : "lit-token", text: token, title: scaled(activations[at]) });
    lit.style.setProperty("--share", `${Math.round(Math.min(1, activations[at] / maximum) * 100)}%`);
    line.append(lit);
  });
  if (model) {
    line.append(" ", generatedMark());
  }
  const origin = [source, model && `written by ${model}`].filter(Boolean).join(" · ");
  return element("li", {}, line, origin && element("p", { class: "example-source", text: origin }));
}

/** @param {FeaturePage} page */
function examplesView({ examples, maximum }) {
  const band = (/** @type {"top" | "middle"} */ name, /** @type {string} */ title) => {
    const some = examples.filter((one) => one.band === name);
    return some.length > 0 && [element("h4", { text: title }), element("ul", { class: "feature-examples" }, ...some.map((one) => exampleView(one, maximum)))];
  };
  return element(
    "section",
    { "aria-label": "Examples" },
    element("h3", { text: "Where it was active" }),
    ...(band("top", "Most of all") || [element("p", { class: "muted", text: "No examples were kept." })]),
    ...(band("middle", "In the middle of its range") || []),
  );
}

/** A newline or a tab in a token, made visible. @param {string} token */
export const visible = (token) => token.replace(/\n/g, "↵").replace(/\t/g, "⇥");

/** @param {string} title @param {import("../../types.js").TokenShape[]} tokens */
function weightsView(title, tokens) {
  const most = Math.max(...tokens.map(({ weight }) => Math.abs(weight)), 1e-9);
  return element(
    "section",
    { "aria-label": title },
    element("h3", { text: title }),
    element(
      "ol",
      { class: "weights" },
      ...tokens.map(({ token, weight }) => {
        const bar = element("span", { class: "weight-bar", "aria-hidden": "true" });
        bar.style.setProperty("--share", `${(Math.abs(weight) / most) * 100}%`);
        return element("li", {}, element("code", { text: visible(token) }), element("span", { class: "weight-track" }, bar), element("span", { class: "weight-figure", text: weight.toFixed(2).replace("-", "−") }));
      }),
    ),
  );
}

/** @param {FeaturePage} page @param {(index: number) => string} at where a feature is, as an address */
const neighboursView = ({ neighbours }, at) =>
  element(
    "section",
    { "aria-label": "Neighbours" },
    element("h3", { text: "Nearest features" }),
    element(
      "ol",
      { class: "neighbours" },
      ...neighbours.map(({ index, cosine, label }) =>
        element("li", {}, element("a", { href: at(index) }, element("span", { class: "feature-number", text: `#${index}` }), " ", label || "without a label"), element("span", { class: "muted", text: `cosine ${cosine.toFixed(2)}` })),
      ),
    ),
  );

/**
 * The label with who made it; edited in its place.
 * @param {FeaturePage} page @param {(text: string) => Promise<void>} save
 */
function labelView(page, save) {
  const { label, history, index } = page;
  const title = element("h2", { class: "feature-title", text: label?.text ?? "No label yet" });
  const edit = element("button", { type: "button", class: "quiet", text: label ? "Edit" : "Name it", "aria-label": "Edit the label" });
  const view = element(
    "div",
    { class: "feature-label" },
    title,
    edit,
  );
  const made = label && element(
    "p",
    { class: "muted feature-maker" },
    madeBy(label.maker),
    typeof label.score === "number" && `, tells its examples from others ${Math.round(label.score * 100)} % of the time`,
    label.maker === "person" && `, ${moment(label.at)}`,
  );
  const older = history.length > 1 && element(
    "details",
    { class: "label-history" },
    element("summary", { text: count(history.length - 1, "earlier label") }),
    element("ul", {}, ...history.slice(0, -1).reverse().map((one) => element("li", { text: `${one.text || "(taken away)"} · ${madeBy(one.maker)} · ${moment(one.at)}` }))),
  );
  const holder = element("div", {}, view, made, older);
  edit.addEventListener("click", () => {
    const input = element("input", { type: "text", maxlength: "200", value: label?.text ?? "", "aria-label": `Label of feature ${index}` });
    const form = element(
      "form",
      { class: "label-form" },
      input,
      element("button", { class: "primary", text: "Save" }),
      element("button", { type: "button", text: "Cancel", on: { click: () => stop() } }),
    );
    const stop = () => {
      form.replaceWith(view);
      edit.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") stop();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await save(input.value.trim());
      } catch (error) {
        if (form.nextElementSibling?.matches(".problem")) form.nextElementSibling.remove();
        form.after(problemView(error));
      }
    });
    view.replaceWith(form);
    input.focus();
    input.select();
  });
  return holder;
}

/**
 * @param {FeaturePage} page
 * @param {{at: (index: number) => string, save: (text: string) => Promise<void>, dial: HTMLElement}} parts
 */
export function featureView(page, { at, save, dial }) {
  return [
    element("p", { class: "feature-name" }, element("span", { class: "feature-number", text: `#${page.index}` }), element("span", { class: "muted", text: page.dictionary })),
    labelView(page, save),
    element("p", { class: "figures feature-figures" }, element("span", { text: densityText(page.density) }), element("span", { text: `maximum ${scaled(page.maximum)}` }), element("span", { text: `group ${page.cluster}` })),
    dial,
    histogramView(page),
    examplesView(page),
    element("div", { class: "weights-pair" }, weightsView("Makes likelier", page.promoted), weightsView("Makes less likely", page.suppressed)),
    neighboursView(page, at),
  ];
}
