// Inside: the features of the model. Search and the map, the page of one feature with its dial, and a playground where
// dialled and undialled stand side by side.

import { current, format, go } from "../address.js";
import * as api from "../insideapi.js";
import { announce, element } from "../dom.js";
import { count } from "../formatting.js";
import { createDial } from "../parts/inside/dial.js";
import { parseDials, writtenDials } from "../parts/inside/writtendials.js";
import { createFeatureMap, viewOf, writtenView } from "../parts/inside/featuremap.js";
import { densityText, featureView } from "../parts/inside/featurepage.js";
import { createPlayground } from "../parts/inside/playground.js";
import { problemView } from "../parts/shared/problem.js";

/** @typedef {import("../address.js").Address} Address */
/** @typedef {import("../types.js").FeaturePage} FeaturePage */
/** @typedef {import("../types.js").PresetShape} Preset */
/** @typedef {import("../parts/inside/writtendials.js").Setting} Setting */

const IN_VIEW = 40;
const PARTS = /** @type {const} */ (["dictionary", "feature", "q", "dials", "prompt", "colour", "view"]);

/** What of an address belongs to this room. @param {Address} address @returns {Address} */
const own = (address) => ({ room: "inside", ...Object.fromEntries(PARTS.map((part) => [part, address[part]])) });

/** Turns a move inside the room into an address; small ones replace the last. @param {Partial<Address>} change @param {boolean} [replace] */
const move = (change, replace = false) => go({ ...own(current()), ...change }, { replace });

/** @param {number} index */
const featureAt = (index) => format({ ...own(current()), feature: String(index) });

/** What a search by meaning found, part by part; nothing for one by words. @param {Record<string, number>} [parts] */
function partsText(parts = {}) {
  const { says, responds } = parts;
  return [says !== undefined && `says it ${says.toFixed(2)}`, responds !== undefined && `responds ${responds.toFixed(2)}`]
    .filter(Boolean)
    .join(" · ");
}

/** @param {HTMLElement} host @returns {import("./registry.js").Room} */
export function createRoom(host) {
  /** @type {import("../types.js").DictionarySummary[]} */
  let dictionaries = [];
  /** @type {Preset[]} */
  let presets = [];
  /** @type {Map<number, string>} */
  let labels = new Map();
  let fallback = "";
  let loaded = "";
  let shown = "";
  let searched = "";
  /** @type {FeaturePage | null} */
  let page = null;
  /** @type {AbortController | null} */
  let fetching = null;
  /** @type {AbortController | null} */
  let searching = null;
  /** @type {ReturnType<typeof createDial> | null} */
  let pageDial = null;

  const input = element("input", { type: "search", id: "feature-search", placeholder: "Search features", autocomplete: "off", "aria-keyshortcuts": "/" });
  const form = element(
    "form",
    { class: "ask-form inside-search", role: "search" },
    element("label", { class: "unseen", for: "feature-search", text: "Search features" }),
    element("div", { class: "ask-box" }, input, element("button", { class: "primary", text: "Search" })),
  );
  const choice = element("select", { "aria-label": "Dictionary" });
  const colours = element(
    "select",
    { "aria-label": "Colour of the map" },
    element("option", { value: "density", text: "coloured by density" }),
    element("option", { value: "cluster", text: "coloured by group" }),
  );
  const map = createFeatureMap({
    onChoose: (index) => move({ feature: String(index) }),
    onSettle: (view) => {
      if (current().room !== "inside") return;
      move({ view: writtenView(view) }, true);
      if (!current().q) showInView();
    },
  });
  const list = element("section", { class: "feature-list", "aria-label": "Features found" });
  const about = element("p", { class: "muted inside-about" });
  const side = element("section", { class: "feature-page", "aria-label": "Feature" });
  const playground = createPlayground({
    change: (dials) => move({ dials: writtenDials(dials) }, true),
    ask: (prompt) => move({ prompt }, true),
    at: featureAt,
    dictionary: () => loaded || undefined,
    named,
  });
  const room = element(
    "div",
    { class: "inside" },
    element("div", { class: "inside-left" }, form, element("div", { class: "inside-tools" }, choice, colours), map.element, about, list),
    side,
    playground.view,
  );
  const empty = element("div", { class: "inside-empty" });
  host.append(element("h1", { class: "unseen", text: "Inside" }), empty);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    move({ q: input.value.trim() || undefined });
  });
  input.addEventListener("input", () => {
    if (!input.value && current().q) move({ q: undefined });
  });
  choice.addEventListener("change", () => move({ dictionary: choice.value === fallback ? undefined : choice.value, feature: undefined, view: undefined }));
  colours.addEventListener("change", () => move({ colour: colours.value === "cluster" ? "cluster" : undefined }, true));

  /** The name by which a feature of the dictionary shown is dialled. @param {number} index */
  const targetOf = (index) => (loaded === fallback ? `#${index}` : `${loaded}#${index}`);

  /** What a dial of the playground is called, and how far it goes. @param {string} target */
  function named(target) {
    const preset = presets.find(({ name }) => name === target);
    if (preset) {
      const isHere = preset.dictionary === loaded;
      const features = preset.dials.flatMap((dial) => (isHere && dial.target.startsWith("#") ? [Number(dial.target.slice(1))] : []));
      return { title: preset.title, range: { ...preset.dose, presets: [] }, features };
    }
    const [prefix, number] = target.split("#");
    if (number === undefined) return { title: target, range: { recommended: null, limit: null, presets: [] }, features: [] };
    const index = Number(number);
    const dictionary = prefix || fallback;
    const alone = presets.find((one) => one.dictionary === dictionary && one.dials.length === 1 && one.dials[0].target === `#${index}`);
    const isHere = dictionary === loaded;
    return {
      title: `#${index} ${(isHere && labels.get(index)) || ""}`.trim(),
      range: { recommended: alone?.dose.recommended ?? null, limit: alone?.dose.limit ?? null, presets: [] },
      features: isHere ? [index] : [],
    };
  }

  /** @param {Setting[]} dials @param {Setting} next */
  const withDial = (dials, next) => [...dials.filter(({ target }) => target !== next.target), next];
  const dialsNow = () => parseDials(current().dials, presets);

  /** @param {{index: number, label: string, density?: number, parts?: Record<string, number>}[]} found @param {string} title */
  function listView(found, title) {
    return [
      element("h2", { text: title }),
      element(
        "ol",
        { class: "feature-hits" },
        ...found.map(({ index, label, density, parts }) =>
          element(
            "li",
            {},
            element("a", { href: featureAt(index), "aria-current": String(index) === current().feature ? "true" : null }, element("span", { class: "feature-number", text: `#${index}` }), " ", label || "without a label"),
            density !== undefined && element("span", { class: "muted", text: partsText(parts) || densityText(density) }),
          ),
        ),
      ),
    ];
  }

  function showInView() {
    const found = map.inView(IN_VIEW).map((index) => ({ index, label: labels.get(index) ?? "" }));
    list.replaceChildren(...(found.length ? listView(found, "In view") : [element("p", { class: "muted", text: "Nothing with a label is in view." })]));
  }

  /** @param {string} q @param {boolean} [meaning] */
  async function search(q, meaning = false) {
    searching?.abort();
    if (!q) {
      showInView();
      return;
    }
    const mine = new AbortController();
    searching = mine;
    list.replaceChildren(element("p", { class: "muted loading", text: meaning ? "The model reads about it, and is dialled …" : "Searching …" }));
    try {
      const found = await api.findFeatures(loaded, q, meaning, mine.signal);
      list.replaceChildren(
        ...(found.hits.length ? listView(found.hits, `${count(found.hits.length, "feature")} ${meaning ? "by meaning" : ""} for “${q}”`.replace("  ", " ")) : [element("p", { text: `No label, example or promoted token has “${q}”.` })]),
      );
      if (found.note) list.append(element("p", { class: "note", text: found.note }));
      if (!meaning) {
        const title = "The model reads texts about it, and the best features are dialled to hear what it then says. This takes a while.";
        list.append(element("p", { class: "actions" }, element("button", { type: "button", text: "Search by meaning", title, on: { click: () => search(q, true) } })));
      }
      announce(`${count(found.hits.length, "feature")} found.`);
    } catch (error) {
      if (!mine.signal.aborted) list.replaceChildren(problemView(error, { retry: () => search(q, meaning) }));
    }
  }

  /** @param {FeaturePage} found */
  function showPage(found) {
    page = found;
    const target = targetOf(found.index);
    const value = dialsNow().find((one) => one.target === target)?.amount ?? 0;
    pageDial = createDial({
      id: "feature-dial",
      label: found.label?.text || `Feature ${found.index}`,
      range: found.dial,
      value,
      onSet: (amount) => move({ dials: writtenDials(withDial(dialsNow(), { target, amount, operation: "" })) }, true),
    });
    const add = element("button", {
      type: "button",
      text: "Add to the playground",
      on: { click: () => {
        const amount = dialsNow().find((one) => one.target === target)?.amount || found.dial.recommended || 1;
        move({ dials: writtenDials(withDial(dialsNow(), { target, amount, operation: "" })) }, true);
        playground.view.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
        document.getElementById("inside-prompt")?.focus({ preventScroll: true });
      } },
    });
    const holder = element("section", { class: "feature-dial", "aria-label": "Dial" }, pageDial.element, found.maximum > 0 ? add : element("p", { class: "muted", text: "It never was active, so that its dial has no unit." }));
    const save = async (/** @type {string} */ text) => {
      const changed = await api.setLabel(loaded, found.index, text);
      if (changed.label) labels.set(found.index, changed.label.text);
      else labels.delete(found.index);
      map.relabel(labels);
      showPage(changed);
      announce("The label is kept.");
    };
    side.replaceChildren(...featureView(found, { at: featureAt, save, dial: holder }));
    map.choose({ index: found.index, near: found.neighbours.map(({ index }) => index) });
  }

  /** @param {string | undefined} text */
  async function open(text) {
    fetching?.abort();
    if (text === undefined) {
      page = null;
      pageDial = null;
      map.choose(null);
      side.replaceChildren(element("p", { class: "muted", text: "Choose a point of the map, or a name from the list: its page opens here." }));
      return;
    }
    const mine = new AbortController();
    fetching = mine;
    try {
      const found = await api.feature(loaded, Number(text), mine.signal);
      showPage(found);
      map.reveal(found.index);
      announce(`Feature ${found.index}: ${found.label?.text ?? "no label"}`);
    } catch (error) {
      if (!mine.signal.aborted) side.replaceChildren(problemView(error, { retry: () => open(text) }));
    }
  }

  /** @param {string} name */
  async function load(name) {
    const [columns, known] = await Promise.all([api.featureMap(name), api.featureLabels(name)]);
    labels = known;
    map.show(columns, labels);
    const { card } = /** @type {import("../types.js").DictionarySummary} */ (dictionaries.find((one) => one.name === name));
    const unexplained = card.measures.unexplained_variance;
    about.textContent = [
      count(columns.features, "feature"),
      `${count(labels.size, "label")}`,
      `evidence of ${count(columns.tokens, "token")}`,
      unexplained !== undefined && `unexplained variance ${unexplained.toFixed(3)}`,
    ].filter(Boolean).join(" · ");
  }

  /** @type {Promise<void> | null} */
  let listing = null;
  async function listAll() {
    const [found, offered] = await Promise.all([api.dictionaries(), api.presets()]);
    dictionaries = found.dictionaries.filter((one) => one.evidence);
    fallback = dictionaries.find((one) => one.name === found.default)?.name ?? dictionaries[0]?.name ?? "";
    presets = offered.presets;
    choice.replaceChildren(...dictionaries.map(({ name }) => element("option", { value: name, text: name })));
    choice.disabled = dictionaries.length < 2;
    playground.offer(presets);
  }

  async function show() {
    const address = own(current());
    try {
      listing ??= listAll();
      await listing;
    } catch (error) {
      listing = null;
      empty.replaceChildren(problemView(error, { retry: show }));
      return;
    }
    if (!dictionaries.length) {
      empty.replaceChildren(
        element("h2", { text: "No dictionary yet" }),
        element("p", { class: "lead", text: "A dictionary holds the features of a model. Learn one on the command line: clearspan features train, then clearspan features evidence." }),
      );
      return;
    }
    if (!room.isConnected) {
      empty.remove();
      host.append(room);
    }
    const name = dictionaries.find((one) => one.name === address.dictionary)?.name ?? fallback;
    const isOther = name !== loaded;
    if (isOther) {
      loaded = name;
      choice.value = name;
      map.look(viewOf(address.view));
      try {
        await load(name);
      } catch (error) {
        if (loaded === name) loaded = "";
        list.replaceChildren(problemView(error, { retry: show }));
        return;
      }
      if (loaded !== name) return;
    }
    const now = own(current());
    colours.value = now.colour === "cluster" ? "cluster" : "density";
    map.colour(/** @type {"density" | "cluster"} */ (colours.value));
    const dials = dialsNow();
    playground.update(dials, now.prompt);
    if (page) pageDial?.set(dials.find((one) => page && one.target === targetOf(page.index))?.amount ?? 0);
    if (isOther || searched !== (now.q ?? "")) {
      searched = now.q ?? "";
      if (document.activeElement !== input || !searched) input.value = searched;
      void search(searched);
    }
    if (isOther || shown !== (now.feature ?? "")) {
      shown = now.feature ?? "";
      for (const link of list.querySelectorAll("a")) link.removeAttribute("aria-current");
      void open(now.feature);
    }
  }

  return {
    title: (address) => (address.feature ? `#${address.feature} · Inside` : "Inside"),
    update() {
      void show();
    },
  };
}
