// Runs before the first paint, as a plain script, so that a chosen theme never flashes in late.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("clearspan-theme");
  } catch {
    // Storage is switched off: the system's theme stands.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
