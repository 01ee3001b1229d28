// The state of the page is in its address: /?q=…, /?room=library&document=d-…&span=120-180.
// Every move inside the page is an ordinary link to such an address, so it can be sent, kept and opened in a tab.

/**
 * What an address says; every part is text.
 * @typedef {{room: string, q?: string, library?: string, page?: string, receipt?: string, document?: string,
 *   span?: string, since?: string, like?: string, served?: string, share?: string, price?: string, batch?: string, laws?: string,
 *   dictionary?: string, feature?: string, dials?: string, prompt?: string, colour?: string, view?: string}} Address
 */

/** Order of the parts in an address; nothing else is kept. @type {(keyof Address)[]} */
const PARTS = ["room", "q", "library", "page", "receipt", "document", "span", "since", "like", "served", "share", "price", "batch", "laws", "dictionary", "feature", "dials", "prompt", "colour", "view"];
const FIRST_ROOM = "ask";

/** @param {string} search @returns {Address} */
export function parse(search) {
  const given = new URLSearchParams(search);
  /** @type {Address} */
  const address = { room: FIRST_ROOM };
  for (const part of PARTS) {
    const value = given.get(part);
    if (value) address[part] = value;
  }
  return address;
}

/** @param {Address} address @returns {string} */
export function format(address) {
  const search = new URLSearchParams();
  for (const part of PARTS) {
    const value = address[part];
    if (value && !(part === "room" && value === FIRST_ROOM)) search.set(part, value);
  }
  const text = search.toString();
  return text ? `/?${text}` : "/";
}

export const current = () => parse(location.search);

/** A document with a span lit, opened over a place. @param {Address} at
 *  @param {{document_id: string, start: number, end: number}} cited */
export const documentAt = (at, { document_id: document, start, end }) =>
  format({ ...at, document, span: `${start}-${end}` });

/** @type {() => void} */
let onMove = () => {};

/** Moves to an address. @param {Address} address @param {{replace?: boolean}} [how] */
export function go(address, { replace = false } = {}) {
  const target = format(address);
  const here = format(current());
  if (replace) history.replaceState(history.state, "", target);
  else if (target !== here) history.pushState({ under: here }, "", target);
  onMove();
}

/**
 * Takes parts out of the address, by going back where they came from if that is one step away: then Forward
 * opens the same drawer again.
 * @param {(keyof Address)[]} parts
 */
export function closeOverlay(parts) {
  const address = current();
  for (const part of parts) delete address[part];
  if (history.state?.under === format(address)) history.back();
  else go(address, { replace: true });
}

/** Calls back now and at every move, and turns clicks on links of this page into moves. @param {() => void} moved */
export function follow(moved) {
  onMove = moved;
  window.addEventListener("popstate", () => onMove());
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || link.pathname !== "/" || link.hash) return;
    event.preventDefault();
    go(parse(link.search));
  });
  onMove();
}
