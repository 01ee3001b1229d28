import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { element, outside } from "../../../src/clearspan/studio/dom.js";
import { generatedMark, kindBadge, standingBars, supportMark } from "../../../src/clearspan/studio/parts/shared/marks.js";

test("every mark has a name for who cannot see it", () => {
  const names = ["supported", "disputed", "contradicted", "unsupported"].map((one) => supportMark(one).getAttribute("aria-label"));
  assert.deepEqual(names, ["supported", "sources disagree", "contradicted", "unsupported"]);
  assert.equal(generatedMark().getAttribute("aria-label"), "written by a model");
});

test("standing is drawn in four bars, never more and never fewer than none", () => {
  for (const [standing, filled] of [[-1, 0], [0.1, 0], [0.5, 2], [0.9, 4], [3, 4]]) {
    const bars = standingBars(standing);
    assert.equal(bars.getAttribute("aria-label"), `standing ${filled} of 4`);
    assert.equal(bars.querySelectorAll(".bar-full").length, filled);
    assert.equal(bars.children.length, 4);
  }
});

test("a kind that nobody knows says so", () => {
  assert.equal(kindBadge("unknown").textContent, "kind unknown");
  assert.equal(kindBadge("satire").textContent, "satire");
});

test("what comes from outside stays text", () => {
  const made = element("p", { text: "<img src=x onerror=alert(1)>", title: "a\"b" }, "<b>", null, false);
  assert.equal(made.children.length, 0);
  assert.equal(made.getAttribute("title"), 'a"b');
  assert.equal(outside("javascript:alert(1)").tagName, "SPAN");
  assert.equal(outside("no address").tagName, "SPAN");
  assert.equal(outside("https://example.org/a").rel, "noopener noreferrer");
});
