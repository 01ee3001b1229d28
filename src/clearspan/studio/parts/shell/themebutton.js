// Light, dark, or as the system says; kept in this browser.

const NAME = "clearspan-theme";
const ORDER = ["system", "light", "dark"];

const chosen = () => document.documentElement.dataset.theme ?? "system";

/** @param {string} theme */
function choose(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, theme);
  } catch {
    // Storage is switched off: the choice holds until the page is closed.
  }
}

/** @param {HTMLButtonElement} button */
export function attachThemeButton(button) {
  const label = () => {
    button.textContent = `theme: ${chosen()}`;
    button.title = "system, light or dark";
  };
  button.addEventListener("click", () => {
    choose(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    label();
  });
  label();
}
