// The list of keys, opened by `?`.

import { element } from "../../dom.js";

/** @param {readonly import("../../rooms/registry.js").RoomEntry[]} rooms */
export function showKeys(rooms) {
  /** @type {[string[], string][]} */
  const keys = [
    [["/"], "go to the box"],
    ...rooms.map((room) => /** @type {[string[], string]} */ ([["g", room.letter], `go to ${room.title}`])),
    [["Esc"], "close what is open, leave the box"],
    [["?"], "this list"],
  ];
  const rows = keys.flatMap(([presses, does]) => [
    element("dt", {}, ...presses.map((press) => element("kbd", { text: press }))),
    element("dd", { text: does }),
  ]);
  const dialog = element(
    "dialog",
    { class: "box keylist", "aria-label": "Keys" },
    element("h2", { text: "Keys" }),
    element("dl", {}, ...rows),
    element("form", { method: "dialog", class: "actions" }, element("button", { text: "Close" })),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
