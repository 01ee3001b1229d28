// A question before something that cannot be taken back.

import { element } from "../../dom.js";

/** @param {{title: string, text: string, yes: string, no: string}} words @returns {Promise<boolean>} */
export function confirm({ title, text, yes, no }) {
  return new Promise((resolve) => {
    const dialog = element(
      "dialog",
      { class: "box", "aria-label": title },
      element(
        "form",
        { method: "dialog" },
        element("h2", { text: title }),
        element("p", { text }),
        element(
          "p",
          { class: "actions" },
          element("button", { value: "no", autofocus: true, text: no }),
          element("button", { value: "yes", class: "danger", text: yes }),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
