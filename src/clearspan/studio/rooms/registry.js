// The rooms in the order of the journey. A new room is one module with createRoom(host) and one line here.

/** @type {import("../types.js").RoomEntry[]} */
export const rooms = [
  { name: "ask", title: "Ask", letter: "a", load: () => import("./ask.js") },
  { name: "library", title: "Library", letter: "l", load: () => import("./library.js") },
  { name: "inside", title: "Inside", letter: "i", load: () => import("./inside.js") },
  { name: "economy", title: "Economy", letter: "e", load: () => import("./economy.js") },
  { name: "audit", title: "Audit", letter: "u", load: () => import("./audit.js") },
];
