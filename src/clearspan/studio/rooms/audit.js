// Audit: what answers left behind. Their receipts, how far they can be trusted, and what readers do with them.

import { format } from "../address.js";
import { element } from "../dom.js";
import { problemView } from "../parts/shared/problem.js";
import { createPage as createReceiptsPage } from "../parts/audit/receiptspage.js";

/** @typedef {import("../address.js").Address} Address */
/** @typedef {import("./registry.js").Room} Room */

/** @type {{name: string, title: string, load: () => Promise<(host: HTMLElement) => Room>}[]} */
const PAGES = [
  { name: "receipts", title: "Receipts", load: async () => createReceiptsPage },
  { name: "truth", title: "Truth", load: async () => (await import("../parts/audit/truthpage.js")).createPage },
  { name: "readers", title: "Readers", load: async () => (await import("../parts/audit/readerspage.js")).createPage },
];

/** @param {HTMLElement} host @returns {Room} */
export function createRoom(host) {
  const links = PAGES.map(({ name, title }) =>
    element("a", {
      href: format({ room: "audit", page: name === PAGES[0].name ? undefined : name }),
      data: { page: name },
      text: title,
    }),
  );
  const place = element("div");
  host.append(element("nav", { class: "pages", "aria-label": "Pages of Audit" }, ...links), place);

  /** @type {Map<string, {host: HTMLElement, page: Room}>} */
  const mounted = new Map();
  /** @type {Room | undefined} */
  let shown;
  let wanted = "";
  let tellJudgement = () => {};

  /** @param {Address} address */
  async function show(address) {
    const entry = PAGES.find(({ name }) => name === address.page) ?? PAGES[0];
    wanted = entry.name;
    for (const link of links) {
      if (link.dataset.page === entry.name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    try {
      if (!mounted.has(entry.name)) {
        const create = await entry.load();
        const own = element("div");
        if (!mounted.has(entry.name)) mounted.set(entry.name, { host: own, page: create(own) });
      }
    } catch (error) {
      place.replaceChildren(problemView(error, { retry: () => show(address) }));
      return;
    }
    const made = mounted.get(entry.name);
    if (!made || wanted !== entry.name) return;
    shown = made.page;
    shown.onJudgement?.(tellJudgement);
    if (place.firstElementChild !== made.host) place.replaceChildren(made.host);
    shown.update(address);
  }

  return {
    judgement: (id) => shown?.judgement?.(id) ?? null,
    wordsThen: (id, span) => shown?.wordsThen?.(id, span) ?? null,
    onJudgement(tell) {
      tellJudgement = tell;
      shown?.onJudgement?.(tell);
    },
    title: (address) => {
      const entry = PAGES.find(({ name }) => name === address.page);
      return entry ? `${entry.title} · Audit` : (shown?.title?.(address) ?? "Audit");
    },
    update: (address) => void show(address),
  };
}
