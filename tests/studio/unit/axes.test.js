import assert from "node:assert/strict";
import { test } from "node:test";
import { axis, usable } from "../../../src/clearspan/studio/parts/shared/axes.js";
import { createPlacer } from "../../../src/clearspan/studio/parts/shared/labels.js";

const names = (made) => made.ticks.map(([, text]) => text);

test("a linear axis has round ticks inside its range", () => {
  const made = axis([0, 97], false, 0, 500, 0);
  assert.deepEqual(names(made), ["0", "20", "40", "60", "80"]);
  assert.equal(made.place(0), 0);
  assert.equal(made.place(97), 500);
});

test("a logarithmic axis has decades, or parts of one", () => {
  assert.deepEqual(names(axis([1e3, 1e6], true, 0, 300, 0)), ["10³", "10⁴", "10⁵", "10⁶"]);
  assert.deepEqual(names(axis([2e9, 2e10], true, 0, 300, 0)), ["2B", "5B", "10B", "20B"]);
  assert.ok(names(axis([1e-12, 1e18], true, 0, 300, 0)).length <= 7);
});

test("upward axes place high values high, with room at both ends", () => {
  const made = axis([1, 3], false, 400, 0, 0.1);
  assert.ok(made.place(3) > 0);
  assert.ok(made.place(1) < 400);
  assert.ok(made.place(3) < made.place(1));
});

test("what cannot be drawn does not stretch an axis", () => {
  const plain = axis([1, 10], true, 0, 300, 0);
  const odd = axis([1, null, Number.NaN, Number.POSITIVE_INFINITY, 0, -4, 10], true, 0, 300, 0);
  assert.deepEqual(odd.ticks, plain.ticks);
  assert.ok(!usable(0, true) && usable(0, false) && !usable(null, false));
});

test("one value, or none, still makes an axis", () => {
  for (const values of [[5, 5], [0], []]) {
    const made = axis(values, false, 0, 300, 0);
    assert.ok(made.ticks.length > 0);
    assert.ok(Number.isFinite(made.place(values[0] ?? 0)));
  }
});

test("labels stand in the picture and cover no other", () => {
  const taken = [];
  const place = createPlacer(720, taken);
  for (let at = 0; at < 12; at += 1) place(700, 200, "a rather long name");
  for (const [index, one] of taken.entries()) {
    assert.ok(one.start > 0 && one.end < 720);
    for (const other of taken.slice(0, index)) {
      const apart = Math.abs(one.y - other.y) >= 14 || one.end <= other.start || other.end <= one.start;
      assert.ok(apart, `${index} covers another`);
    }
  }
});
