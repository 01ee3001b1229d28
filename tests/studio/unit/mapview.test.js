import assert from "node:assert/strict";
import { test } from "node:test";
import { WHOLE, viewOf, writtenView } from "../../../src/clearspan/studio/parts/inside/featuremap.js";

test("a view reads as it was written", () => {
  const view = { x: -0.25, y: 0.5, zoom: 12.5 };
  assert.deepEqual(viewOf(writtenView(view)), view);
  assert.equal(writtenView(WHOLE), undefined);
});

test("a view that cannot be shown is the whole map", () => {
  for (const wrong of [undefined, "", "1", "0,0,0.5", "0,0,1000", "a,b,c"]) assert.deepEqual(viewOf(wrong), WHOLE);
});
