import { seen } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { figureView, leftOpen, verdictView } from "../../../src/clearspan/studio/parts/ask/shape.js";
import { claimView } from "../../../src/clearspan/studio/parts/shared/claim.js";
import { claim } from "./receipts.js";

const DOES = { at: { room: "ask" }, onOpen: () => {}, onLight: () => {} };
const mark = (made) => made.querySelector(".claim-mark")?.textContent ?? null;

test("the short answer is set off inside the quote, whatever signs stand before it", () => {
  const view = claimView(claim({ text: "🌉 It is 90 metres long.", emphasis: [8, 17] }), DOES);
  assert.equal(view.querySelector("strong").textContent, "90 metres");
  assert.equal(view.querySelector(".sentence").textContent, "“🌉 It is 90 metres long.”");
  assert.equal(claimView(claim(), DOES).querySelector("strong"), null);
});

test("items have their number or a bullet, sides and dates their name", () => {
  assert.equal(mark(claimView(claim({ role: "step", mark: "3" }), DOES)), "3.");
  assert.equal(mark(claimView(claim({ role: "item" }), DOES)), "•");
  assert.equal(mark(claimView(claim({ role: "event", mark: "May 1937" }), DOES)), "May 1937");
  assert.equal(mark(claimView(claim({ role: "side", mark: "Bay Bridge" }), DOES)), "Bay Bridge");
  assert.equal(mark(claimView(claim(), DOES)), null);
  assert.equal(claimView(claim({ role: "item", depth: 1 }), DOES).dataset.depth, "1");
});

test("yes and no say that they were read, and how surely", () => {
  assert.equal(seen(verdictView({ answer: "no", probability: 0.913 })), "No read in what follows · probability 0.91");
  assert.equal(verdictView(null), null);
});

test("a figure is the short answer alone, in the type of its origin", () => {
  const made = figureView(claim({ emphasis: [12, 21] }));
  assert.equal(made.textContent, "90 metres");
  assert.ok(made.classList.contains("figure-quoted"));
  assert.equal(figureView(claim()), null);
  assert.equal(figureView(claim({ role: "context", emphasis: [12, 21] })), null);
});

test("what is missing and that there is more are said", () => {
  const said = leftOpen({ more: true, missing: ["What was found does not say when."] }).map(seen);
  assert.deepEqual(said, ["… and perhaps more: the source’s list goes on.", "What was found does not say when."]);
  assert.deepEqual(leftOpen({ more: false, missing: [] }), [false]);
});
