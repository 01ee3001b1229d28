// Keys of the page: single ones, and two in a row such as `g l`.

const PATIENCE_MS = 1500;

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox]):not([type=range])"));

/** Listens for keys while nobody types and no dialog is open. @param {Record<string, () => void>} actions */
export function onKeys(actions) {
  let first = "";
  let firstAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    if (
      event.key === "Escape" &&
      event.target instanceof HTMLInputElement &&
      event.target.type === "search"
    ) {
      // Browsers empty the box at this key; here it leaves it, so that the other keys can be used.
      event.preventDefault();
      event.target.blur();
      return;
    }
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const fresh = event.timeStamp - firstAt < PATIENCE_MS;
    const action = (first && fresh && actions[`${first} ${event.key}`]) || actions[event.key];
    const startsPair = Object.keys(actions).some((keys) => keys.startsWith(`${event.key} `));
    first = startsPair ? event.key : "";
    firstAt = event.timeStamp;
    if (!action) return;
    event.preventDefault();
    action();
  });
}
