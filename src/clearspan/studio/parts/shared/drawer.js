// A drawer over the room: modal, closed by Esc, by its button, by a click beside it, and by Back. The browser
// gives the focus back to whatever opened it.

import { element } from "../../dom.js";

/**
 * @param {string} name what it holds, for a screen reader
 * @param {() => void} close takes the drawer out of the address; the address then hides it
 */
export function createDrawer(name, close) {
  const body = element("div", { class: "drawer-body" });
  const dialog = element(
    "dialog",
    { class: "drawer", "aria-label": name },
    element(
      "div",
      { class: "drawer-bar" },
      element("span", { class: "drawer-name", text: name }),
      element("button", {
        type: "button",
        class: "quiet",
        text: "Close",
        "aria-keyshortcuts": "Escape",
        on: { click: close },
      }),
    ),
    body,
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
  return {
    body,
    show() {
      if (dialog.open) return;
      if (!dialog.isConnected) document.body.append(dialog);
      dialog.showModal();
    },
    hide() {
      if (dialog.open) dialog.close();
    },
  };
}
