import { seen } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { badges, reasons } from "../../../src/clearspan/studio/parts/shared/reasons.js";
import { source } from "./receipts.js";

const signal = (name, effect, detail, evidence = "") => ({ name, effect, detail, evidence });

test("signals say what they do, and what they rest on", () => {
  const list = reasons(source({ signals: [signal("copy", "rejects", "repeats satire", "“…”"), signal("age", "lowers", "nine years old")] }));
  const [first, second] = list.children;
  assert.equal(first.querySelector("svg").getAttribute("aria-label"), "so it is not believed");
  assert.match(seen(first), /repeats satire ?“…”/);
  assert.equal(second.querySelector("svg").getAttribute("aria-label"), "lowers its standing");
});

test("old receipts have reasons alone, and a copy is said to be one", () => {
  const list = reasons(source({ reasons: ["satire"], copy_of: "The Daily Barnacle" }));
  assert.deepEqual([...list.children].map(seen), ["repeats the text of “The Daily Barnacle”", "satire"]);
  assert.equal(reasons(source({ reasons: [] })), null);
});

test("badges name what counts against a source, and who is one witness with it", () => {
  const one = source({ witness: 4, signals: [signal("copy", "rejects", ""), signal("copy", "lowers", ""), signal("publisher", "raises", "")] });
  const twin = source({ document_id: "d-2", number: 2, witness: 4 });
  assert.deepEqual(badges(one, [one, twin]).map(seen), ["copy", "one witness with 2"]);
  assert.deepEqual(badges(source(), [source()]), []);
});
