// The shell: shows the room that the address names, the drawers over it, and answers the keys.

import { closeOverlay, current, follow, format, go } from "./address.js";
import { element } from "./dom.js";
import { onKeys } from "./shortcuts.js";
import { createDocumentView } from "./parts/shared/document.js";
import { showKeys } from "./parts/shell/shortcutlist.js";
import { problemView } from "./parts/shared/problem.js";
import { attachThemeButton } from "./parts/shell/themebutton.js";
import { rooms } from "./rooms/registry.js";

/** @typedef {import("./rooms/registry.js").RoomEntry} RoomEntry */
/** @typedef {import("./rooms/registry.js").Room} Room */

const main = /** @type {HTMLElement} */ (document.getElementById("room"));
const navigation = /** @type {HTMLElement} */ (document.querySelector("nav.rooms"));
const documentView = createDocumentView(() => closeOverlay(["document", "span"]));

/** @type {Map<string, {host: HTMLElement, room: Room}>} */
const mounted = new Map();

for (const entry of rooms) {
  navigation.append(
    element("a", {
      href: format({ room: entry.name }),
      data: { room: entry.name, title: entry.title },
      "aria-keyshortcuts": `g ${entry.letter}`,
      text: entry.title,
    }),
  );
}

/**
 * Loads a room the first time it is entered; afterwards it stays as it was left.
 * @param {RoomEntry} entry
 */
async function enter(entry) {
  const known = mounted.get(entry.name);
  if (known) return known;
  const { createRoom } = await entry.load();
  const earlier = mounted.get(entry.name);
  if (earlier) return earlier;
  const host = element("div", { class: `room room-${entry.name}` });
  const made = { host, room: createRoom(host) };
  mounted.set(entry.name, made);
  return made;
}

async function show() {
  const address = current();
  const entry = rooms.find((one) => one.name === address.room) ?? rooms[0];
  /** @type {{host: HTMLElement, room: Room}} */
  let made;
  try {
    made = await enter(entry);
  } catch (error) {
    main.replaceChildren(problemView(error, { retry: show }));
    return;
  }
  if (format(current()) !== format(address)) return;
  if (main.firstElementChild !== made.host || main.childElementCount > 1) main.replaceChildren(made.host);
  for (const link of navigation.querySelectorAll("a")) {
    if (link.dataset.room === entry.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${made.room.title?.(address) ?? entry.title} · Clearspan`;
  made.room.update(address);
  documentView.update(address, made.room);
}

onKeys({
  "/": () => focusBox(),
  "?": () => showKeys(rooms),
  ...Object.fromEntries(rooms.map((entry) => [`g ${entry.letter}`, () => go({ room: entry.name })])),
});

function focusBox() {
  const box = main.querySelector("input[type=search]");
  if (box instanceof HTMLInputElement) {
    box.focus();
    box.select();
  }
}

attachThemeButton(/** @type {HTMLButtonElement} */ (document.getElementById("theme")));
document.getElementById("keys")?.addEventListener("click", () => showKeys(rooms));
follow(show);
