// Adding documents: by button or by dropping files, one line a file with its progress and what became of it.

import * as api from "../../api.js";
import { announce, element } from "../../dom.js";
import { count } from "../../formatting.js";
import { problemView } from "../shared/problem.js";

const OUTCOMES = {
  added: "added",
  replaced: "replaced the earlier one",
  unchanged: "already there, unchanged",
};

/** @param {{library: () => string | undefined, onAdded: () => void}} does */
export function createUploads({ library, onAdded }) {
  const lines = element("ul", { class: "uploads", "aria-label": "Files being added" });
  const input = element("input", {
    type: "file",
    multiple: true,
    class: "unseen",
    id: "files",
    tabindex: "-1",
    "aria-label": "Files to add",
    on: { change: () => takeAll(input.files) },
  });
  const button = element("button", { type: "button", text: "Add files", on: { click: () => input.click() } });
  const zone = element(
    "div",
    { class: "drop-zone" },
    button,
    input,
    element("span", { class: "muted", text: "or drop them here: Markdown, text, HTML, PDF, DOCX" }),
  );
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    void takeAll(event.dataTransfer?.files ?? null);
  });

  /** One after another: the server reads one document at a time anyway. @param {FileList | null} files */
  async function takeAll(files) {
    const waiting = [...(files ?? [])].map((file) => ({ file, line: lineOf(file) }));
    input.value = "";
    lines.append(...waiting.map(({ line }) => line.item));
    let added = 0;
    for (const { file, line } of waiting) added += Number(await take(file, line));
    if (waiting.length) announce(`${added} of ${count(waiting.length, "file")} added.`);
  }

  /** @param {File} file */
  function lineOf(file) {
    const stop = new AbortController();
    const bar = element("progress", { max: "1", value: "0", "aria-label": `Uploading ${file.name}` });
    const state = element("span", { class: "muted", text: "waiting" });
    const cancel = element("button", {
      type: "button",
      class: "quiet",
      text: "Stop",
      "aria-label": `Stop adding ${file.name}`,
      on: { click: () => stop.abort() },
    });
    const item = element(
      "li",
      {},
      element("span", { class: "upload-name", text: file.name }),
      bar,
      state,
      cancel,
    );
    return { item, bar, state, cancel, stop };
  }

  /** @param {File} file @param {ReturnType<typeof lineOf>} line @returns {Promise<boolean>} whether it is in the library */
  async function take(file, { item, bar, state, cancel, stop }) {
    /** @param {number} share */
    const onProgress = (share) => {
      bar.value = share;
      state.textContent = share < 1 ? `${Math.round(share * 100)} %` : "reading it …";
    };
    try {
      stop.signal.throwIfAborted();
      const change = await api.upload(file, { library: library(), onProgress, signal: stop.signal });
      if (change.outcome === "failed") throw new api.Problem({ what: change.problem, do: change.remedy });
      const outcome = OUTCOMES[/** @type {keyof typeof OUTCOMES} */ (change.outcome)] ?? change.outcome;
      state.textContent = `${outcome} · ${count(change.passages, "passage")}`;
      item.classList.add("is-done");
      onAdded();
      return true;
    } catch (error) {
      const isStopped = error instanceof DOMException && error.name === "AbortError";
      state.textContent = isStopped ? "stopped; nothing was added" : "";
      if (!isStopped) item.append(problemView(error));
      return false;
    } finally {
      bar.remove();
      cancel.remove();
    }
  }

  return element("div", { class: "adding" }, zone, lines);
}
