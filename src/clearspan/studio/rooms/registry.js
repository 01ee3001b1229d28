// The rooms in the order of the journey. A new room is one module with createRoom(host) and one line here.

/** @typedef {import("../address.js").Address} Address */
/** @typedef {import("../types.js").Source} Source */

/**
 * @typedef {object} Room What a room's createRoom(host) returns.
 * @property {(address: Address) => void} update The address has changed, or the room is entered.
 * @property {(address: Address) => string} [title] Title of the window, if the room's own name will not do.
 * @property {(documentId: string) => Source | null} [judgement] What the answer shown says about a source.
 * @property {(documentId: string, span: [number, number]) => string | null} [wordsThen] What the answer shown found
 *   at a span of a document when it was given.
 * @property {(tell: () => void) => void} [onJudgement] Tells when judgements, and words, arrive later.
 *
 * @typedef {object} RoomEntry
 * @property {string} name Its part of the address.
 * @property {string} title
 * @property {string} letter The key after `g`.
 * @property {() => Promise<{createRoom: (host: HTMLElement) => Room}>} load
 */

/** @type {RoomEntry[]} */
export const rooms = [
  { name: "ask", title: "Ask", letter: "a", load: () => import("./ask.js") },
  { name: "library", title: "Library", letter: "l", load: () => import("./library.js") },
  { name: "inside", title: "Inside", letter: "i", load: () => import("./inside.js") },
  { name: "economy", title: "Economy", letter: "e", load: () => import("./economy.js") },
  { name: "audit", title: "Audit", letter: "u", load: () => import("./audit.js") },
];
