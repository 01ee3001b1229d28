// The API key of a server that asks for one: kept for this tab only, and asked for once however many calls wait.

import { element } from "./dom.js";

const NAME = "clearspan-key";

export const key = () => sessionStorage.getItem(NAME) ?? "";

/** @type {Promise<boolean> | null} */
let asking = null;

/**
 * Asks the reader for the key; false if they close the dialog. A refusal may come late, when another key has been given
 * since: then nobody is asked again.
 * @param {string} refused the key that was sent; empty for none
 * @returns {Promise<boolean>}
 */
export async function askForKey(refused) {
  if (!asking && key() !== refused) return true;
  asking ??= new Promise((resolve) => {
    const input = element("input", {
      type: "password",
      id: "key-input",
      autocomplete: "off",
      required: true,
      spellcheck: "false",
    });
    const form = element(
      "form",
      { method: "dialog" },
      element("h2", { text: "This server asks for a key" }),
      element("p", {
        text: key()
          ? "The key that was given is not the server's. It is the one set as CLEARSPAN_API_KEY."
          : "It is the one set as CLEARSPAN_API_KEY where the server was started. It is kept in this tab only.",
      }),
      element("label", { for: "key-input", text: "API key" }),
      input,
      element("p", { class: "actions" }, element("button", { class: "primary", text: "Use this key" })),
    );
    const dialog = element("dialog", { class: "box", "aria-label": "API key" }, form);
    let given = false;
    form.addEventListener("submit", () => {
      given = true;
      sessionStorage.setItem(NAME, input.value);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      asking = null;
      resolve(given);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}
