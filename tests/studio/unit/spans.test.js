import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsWith, parseSpan, toUnits, wordsThen } from "../../../src/clearspan/studio/parts/shared/spans.js";
import { citation, claim, receipt, source } from "./receipts.js";

test("offsets in code points become offsets in units", () => {
  const text = "a𝄞b🇬🇧c";
  const points = [...text];
  const units = toUnits(text, [...points.keys(), points.length]);
  points.forEach((point, index) => assert.equal(text.slice(units[index], units[index + 1]), point));
  assert.deepEqual(toUnits(text, [0, 99]), [0, text.length]);
});

test("a span is two ascending numbers, or none", () => {
  assert.deepEqual(parseSpan("120-180"), [120, 180]);
  for (const wrong of [undefined, "", "5", "9-3", "3-3", "-1-4", "1-2-3", "1e3-2e3"]) assert.equal(parseSpan(wrong), null);
});

test("the words then are a citation's, or else how a passage began", () => {
  const given = receipt({
    overview: { ...receipt().overview, claims: [claim({ citations: [citation({ quote: "as cited" })] })] },
    sources: [source(), source({ document_id: "d-2", excerpt: "as it began" })],
  });
  assert.equal(wordsThen(given, "d-1", [0, 9]), "as cited");
  assert.equal(wordsThen(given, "d-2", [0, 9]), "as it began");
  assert.equal(wordsThen(given, "d-1", [1, 9]), null);
  assert.equal(wordsThen(null, "d-1", [0, 9]), null);
});

test("white space does not make other words", () => {
  assert.ok(beginsWith("The  pier\nis long.", "The pier is"));
  assert.ok(!beginsWith("A pier", "The pier"));
});
