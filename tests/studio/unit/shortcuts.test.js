import "./page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { element } from "../../../src/clearspan/studio/dom.js";
import { onKeys } from "../../../src/clearspan/studio/shortcuts.js";

const pressed = [];
onKeys({ "/": () => pressed.push("/"), "g l": () => pressed.push("g l"), l: () => pressed.push("l") });
beforeEach(() => pressed.splice(0));

/** Presses a key in an element, at a moment. */
function press(key, { at = 0, where = document.body, ...more } = {}) {
  const event = new Event("keydown", { bubbles: true, cancelable: true });
  for (const [name, value] of Object.entries({ key, timeStamp: at, ...more })) Object.defineProperty(event, name, { value });
  where.dispatchEvent(event);
}

test("single keys, and two in a row", () => {
  press("/");
  press("g", { at: 100 });
  press("l", { at: 900 });
  press("g", { at: 5000 });
  press("l", { at: 6600 });
  assert.deepEqual(pressed, ["/", "g l", "l"]);
});

test("not while somebody types, holds a modifier, or a dialog is open", () => {
  const input = document.body.appendChild(element("input", { type: "text" }));
  press("/", { where: input });
  press("/", { ctrlKey: true });
  const dialog = document.body.appendChild(element("dialog", { open: true }));
  press("/");
  dialog.remove();
  input.remove();
  assert.deepEqual(pressed, []);
  press("/");
  assert.deepEqual(pressed, ["/"]);
});
