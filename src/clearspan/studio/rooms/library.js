// Library: what answers can come from. Search it, open a document, add some, remove one.

import { format, go } from "../address.js";
import * as api from "../api.js";
import { announce, element, present } from "../dom.js";
import { count, published } from "../formatting.js";
import { confirm } from "../parts/shared/confirm.js";
import { hitsView } from "../parts/shared/passages.js";
import { kindBadge } from "../parts/shared/marks.js";
import { problemView } from "../parts/shared/problem.js";
import { createUploads } from "../parts/library/uploads.js";

/** @typedef {import("../address.js").Address} Address */
/** @typedef {import("../types.js").DocumentSummary} DocumentSummary */

const ROWS_AT_ONCE = 200;

/** @param {DocumentSummary} shown @param {Address} at @param {(shown: DocumentSummary, row: HTMLElement) => void} onRemove */
function documentRow(shown, at, onRemove) {
  const row = element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("a", {
        href: format({ ...at, document: shown.id }),
        text: shown.title,
      }),
    ),
    element("td", {}, kindBadge(shown.kind)),
    element("td", { text: shown.publisher ?? "" }),
    element("td", { class: "date", text: shown.date ? published(shown.date) : "" }),
    element(
      "td",
      { class: "row-end" },
      element("button", {
        type: "button",
        class: "quiet",
        text: "Remove",
        "aria-label": `Remove ${shown.title}`,
        on: { click: () => onRemove(shown, row) },
      }),
    ),
  );
  return row;
}

/** @param {HTMLElement} host @returns {import("./registry.js").Room} */
export function createRoom(host) {
  /** @type {Address} */
  let at = { room: "library" };
  let searched = "";
  let listed = false;
  /** @type {AbortController | null} */
  let searching = null;

  const input = element("input", {
    type: "search",
    id: "library-search",
    placeholder: "Search the passages",
    autocomplete: "off",
    "aria-keyshortcuts": "/",
  });
  const form = element(
    "form",
    { class: "ask-form", role: "search" },
    element("label", { class: "unseen", for: "library-search", text: "Search the passages" }),
    element("div", { class: "ask-box" }, input, element("button", { class: "primary", text: "Search" })),
  );
  const results = element("section", { class: "results", "aria-label": "Passages found", hidden: true });
  const table = element("section", { class: "documents", "aria-label": "Documents" });
  const uploads = createUploads({ library: () => at.library, onAdded: list });
  host.append(element("h1", { class: "unseen", text: "Library" }), form, results, uploads, table);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go({ room: "library", library: at.library, q: input.value.trim() });
  });

  /** @param {DocumentSummary} shown @param {HTMLElement} row */
  async function remove(shown, row) {
    const sure = await confirm({
      title: "Remove this document?",
      text: `“${shown.title}” and its passages leave the library, and answers can no longer use it. Receipts that cite it stay as they are.`,
      yes: "Remove",
      no: "Keep",
    });
    if (!sure) return;
    try {
      await api.removeDocument(shown.id, at.library);
      announce(`${shown.title} was removed.`);
      await list();
      input.focus();
    } catch (error) {
      row.after(element("tr", {}, element("td", { colspan: "5" }, problemView(error))));
    }
  }

  /** @param {DocumentSummary[]} documents */
  function showTable(documents) {
    const body = element("tbody");
    const more = element("button", { type: "button", on: { click: () => grow() } });
    function grow() {
      const shown = body.childElementCount;
      body.append(...documents.slice(shown, shown + ROWS_AT_ONCE).map((one) => documentRow(one, at, remove)));
      more.textContent = `Show more (${documents.length - body.childElementCount} left)`;
      more.hidden = body.childElementCount >= documents.length;
    }
    grow();
    const heads = ["Document", "Kind", "Publisher", "Date"].map((name) =>
      element("th", { scope: "col", text: name }),
    );
    const end = element("th", { scope: "col" }, element("span", { class: "unseen", text: "Remove" }));
    table.replaceChildren(
      element("h2", { text: count(documents.length, "document") }),
      element(
        "div",
        { class: "table-holder" },
        element("table", {}, element("thead", {}, element("tr", {}, ...heads, end)), body),
      ),
      more,
    );
  }

  async function list() {
    try {
      const { documents } = await api.documents(at.library);
      listed = true;
      if (documents.length) showTable(documents);
      else {
        table.replaceChildren(
          element("h2", { text: "Nothing here yet" }),
          element("p", {
            text: "Add files above, or a whole folder on the command line: clearspan library add FOLDER",
          }),
        );
      }
    } catch (error) {
      table.replaceChildren(problemView(error, { retry: list }));
    }
  }

  /** @param {string} q */
  async function search(q) {
    searching?.abort();
    results.hidden = !q;
    if (!q) return;
    searching = new AbortController();
    const { signal } = searching;
    results.replaceChildren(element("p", { class: "muted loading", text: "Searching …" }));
    try {
      const result = await api.search(q, { library: at.library, signal });
      const here = { ...at, q };
      results.replaceChildren(...present(hitsView(result, { at: here })));
      announce(`${count(result.hits.length, "passage")  } found.`);
    } catch (error) {
      if (!signal.aborted) results.replaceChildren(problemView(error, { retry: () => search(q) }));
    }
  }

  return {
    title: (address) => (address.q ? `${address.q} · Library` : "Library"),
    update(address) {
      const isOther = address.library !== at.library;
      at = { room: "library", library: address.library };
      // Entering the room lists it anew; opening and closing a document in it does not.
      if (!listed || isOther || (!address.document && !host.contains(document.activeElement))) void list();
      const key = `${address.library ?? ""} ${address.q ?? ""}`;
      if (key === searched) return;
      searched = key;
      input.value = address.q ?? "";
      void search(input.value);
    },
  };
}
