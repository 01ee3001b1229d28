import assert from "node:assert/strict";
import { test } from "node:test";
import { isBeyond, rested, stepped, typed, verdict } from "../../../src/clearspan/studio/parts/inside/dialsteps.js";
import { parseDials, saidDial, writtenDials } from "../../../src/clearspan/studio/parts/inside/writtendials.js";

const AUDITED = { recommended: 1.5, limit: 3, presets: ["bridges"] };

test("a slider rests at zero, and keys step through", () => {
  assert.equal(rested(0.24), 0);
  assert.equal(rested(-0.25), 0);
  assert.equal(rested(0.3), 0.3);
  assert.equal(stepped("ArrowRight", 0), 0.1);
  assert.equal(stepped("ArrowRight", 0.2), 0.3);
  assert.equal(stepped("PageDown", -9.5), -10);
  assert.equal(stepped("ArrowUp", 10), 10);
  assert.equal(stepped("a", 1), null);
});

test("a number counts once it is one", () => {
  assert.equal(typed("-2.5"), -2.5);
  for (const not of ["", " ", "-", "1e", "11", "Infinity"]) assert.equal(typed(not), null);
});

test("words say what was measured where the dial stands", () => {
  assert.equal(verdict(AUDITED, 0), "off");
  assert.equal(verdict(AUDITED, 2), "audited: 1.5× works, up to 3×");
  assert.match(verdict(AUDITED, 3.1), /^beyond 3×/);
  assert.equal(verdict(AUDITED, -1), "not audited below zero");
  assert.equal(verdict({ recommended: null, limit: 3, presets: [] }, 1), "audited up to 3×");
  assert.equal(verdict({ recommended: null, limit: null, presets: [] }, 1), "not audited");
  assert.deepEqual([3, 3.1, -1].map((at) => isBeyond(AUDITED, at)), [false, true, true]);
});

const PRESETS = [{ name: "golden-gate", dose: { recommended: 0.6, limit: 1 } }];

test("dials are read as they are written", () => {
  const text = "golden-gate=0.6x,#1234=-2x,smollm2-135m/layers.15.residual/8k#7=+1.5x";
  const read = parseDials(text, PRESETS);
  assert.deepEqual(read.map(({ amount }) => amount), [0.6, -2, 1.5]);
  assert.equal(read[2].operation, "+");
  assert.equal(writtenDials(read), text);
  assert.equal(writtenDials([]), undefined);
});

test("a preset alone has its recommended dose, and what cannot be read is left out", () => {
  assert.deepEqual(parseDials("golden-gate", PRESETS), [{ target: "golden-gate", amount: 0.6, operation: "" }]);
  assert.deepEqual(parseDials("nobody,#5,#6=much,=2x,,", PRESETS), []);
  assert.equal(parseDials(Array.from({ length: 30 }, (_, n) => `#${n}=1x`).join(), []).length, 12);
});

test("a receipt says what was dialled, and how far", () => {
  assert.deepEqual(saidDial("golden-gate=0.6x"), ["golden-gate", "0.6×"]);
  assert.deepEqual(saidDial("#12=-2x"), ["#12", "−2×"]);
  assert.deepEqual(saidDial("#12=off"), ["#12", "off"]);
  assert.deepEqual(saidDial("golden-gate"), ["golden-gate", "as recommended"]);
});
