import { seen } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { citedTable, markedCells } from "../../../src/clearspan/studio/parts/shared/citedtable.js";
import { claimView, written } from "../../../src/clearspan/studio/parts/shared/claim.js";

const cited = { header: ["Animal", "Group"], rows: [["Orca", "toothed <b>whale</b>"]], marked: [[0, 1]] };
const claim = {
  text: "| Orca | toothed <b>whale</b> |",
  origin: "quoted",
  support: "supported",
  score: 1,
  checks: [],
  parts: [],
  citations: [{ number: 1, document_id: "d", passage_id: "d:0", start: 0, end: 9, quote: "q", title: "Whales", table: cited }],
  emphasis: [9, 28],
};
const does = { at: { room: "ask" }, onOpen: () => {}, onLight: () => {} };

test("a cited row stands under its header, and only the cell that answers is marked", () => {
  const table = citedTable(cited);
  assert.deepEqual([...table.querySelectorAll("thead th")].map(seen), ["Animal", "Group"]);
  assert.deepEqual([...table.querySelectorAll("mark")].map(seen), ["toothed <b>whale</b>"]);
  assert.equal(table.querySelectorAll("b").length, 0);
});

test("of many rows those that are marked are shown, and how many are left", () => {
  const rows = Array.from({ length: 30 }, (_, row) => [`row ${row}`, "x"]);
  const table = citedTable({ header: ["Name", "Sign"], rows, marked: [[3, 1], [20, 1]] });
  assert.deepEqual([...table.querySelectorAll("tbody th")].map(seen), ["row 3", "row 20"]);
  assert.match(seen(table), /and 28 more rows/);
});

test("a name of the header may be what answers", () => {
  const table = citedTable({ header: ["", "2019"], rows: [["Cash", "5"]], marked: [[-1, 1]] });
  assert.deepEqual([...table.querySelectorAll("thead mark")].map(seen), ["2019"]);
  assert.deepEqual(markedCells({ header: ["", "2019"], rows: [["Cash", "5"]], marked: [[-1, 1]] }), []);
});

test("a quoted row is said by the cells that answer, with the table below", () => {
  assert.equal(written(claim), "“toothed <b>whale</b>”");
  const view = claimView(claim, does);
  assert.equal(seen(view.querySelector("strong")), "“toothed <b>whale</b>”");
  assert.equal(view.querySelectorAll(".cited-table").length, 1);
});
