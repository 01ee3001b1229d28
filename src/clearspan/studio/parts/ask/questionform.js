// The box: one question, the library it is put to when there are several, and a button that asks or stops.

import * as api from "../../api.js";
import { element } from "../../dom.js";

/**
 * @param {{onAsk: (question: string, library: string | undefined) => void, onStop: () => void}} does
 */
export function createSearchForm({ onAsk, onStop }) {
  const input = element("input", {
    type: "search",
    id: "question",
    name: "q",
    placeholder: "Ask the library a question",
    autocomplete: "off",
    enterkeyhint: "search",
    required: true,
    "aria-keyshortcuts": "/",
  });
  const libraries = element("select", { "aria-label": "Library", hidden: true });
  const askButton = element("button", { class: "primary ask-button", text: "Ask" });
  const stopButton = element("button", {
    type: "button",
    class: "stop-button",
    text: "Stop",
    hidden: true,
    on: { click: onStop },
  });
  const form = element(
    "form",
    { class: "ask-form", role: "search" },
    element("label", { class: "unseen", for: "question", text: "Question" }),
    element("div", { class: "ask-box" }, input, libraries, askButton, stopButton),
  );
  let wanted = "";
  let fallback = "";

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = input.value.trim();
    const library = libraries.hidden || libraries.value === fallback ? wanted : libraries.value;
    if (question) onAsk(question, library || undefined);
  });
  libraries.addEventListener("change", () => {
    wanted = libraries.value === fallback ? "" : libraries.value;
  });

  api.libraries().then(
    ({ libraries: known, default: first }) => {
      fallback = first;
      libraries.replaceChildren(...known.map(({ name }) => element("option", { value: name, text: name })));
      libraries.value = wanted || first;
      libraries.hidden = known.length < 2;
    },
    // Asking shows the same problem where it matters; without the list the default library is asked.
    () => {},
  );

  return {
    element: form,
    /** @param {string} question @param {string | undefined} library */
    show(question, library) {
      input.value = question;
      wanted = library ?? "";
      if (!libraries.hidden) libraries.value = wanted || fallback;
      if (!question) input.focus({ preventScroll: true });
    },
    /** While an answer comes, the button that asks becomes the one that stops. @param {boolean} asking */
    setAsking(asking) {
      const hadFocus = [askButton, stopButton].includes(/** @type {any} */ (document.activeElement));
      form.classList.toggle("is-asking", asking);
      askButton.hidden = asking;
      stopButton.hidden = !asking;
      if (hadFocus) (asking ? stopButton : askButton).focus();
    },
  };
}
