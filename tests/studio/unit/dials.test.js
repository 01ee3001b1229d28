import { seen } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDial } from "../../../src/clearspan/studio/parts/inside/dial.js";
import { TRACK, isBeyond, positionOf, stepOf, stepped, typed, valueAt, verdict } from "../../../src/clearspan/studio/parts/inside/dialsteps.js";
import { parseDials, saidDial, writtenDials } from "../../../src/clearspan/studio/parts/inside/writtendials.js";

const AUDITED = { recommended: 1.5, limit: 3, presets: ["bridges"] };

const UNKNOWN = { recommended: null, limit: null, presets: [] };
const NARROW = { recommended: 0.4, limit: 0.6, presets: ["bridges"] };

test("what was audited has most of the track, and what lies beyond it is short", () => {
  for (const range of [AUDITED, NARROW]) {
    const [zero, limit] = [positionOf(range, 0), positionOf(range, range.limit)];
    assert.ok(limit - zero > 0.55 * TRACK);
    assert.ok(zero > 0.15 * TRACK && TRACK - limit > 0.15 * TRACK);
    assert.deepEqual([positionOf(range, -10), positionOf(range, 10)], [0, TRACK]);
  }
  assert.equal(positionOf({ ...AUDITED, limit: 12 }, 10), TRACK);
});

test("without an audit the track is even", () => {
  for (const range of [UNKNOWN, { ...AUDITED, limit: 0 }]) {
    assert.deepEqual([-10, -5, 0, 2.5, 10].map((at) => positionOf(range, at)), [0, 250, 500, 625, 1000]);
  }
});

test("a position reads back as its value, and further right is more", () => {
  for (const range of [AUDITED, NARROW, UNKNOWN, { ...AUDITED, limit: 12 }]) {
    let before = -1;
    for (let tenths = -100; tenths <= 100; tenths += 1) {
      const value = tenths / 10;
      const position = positionOf(range, value);
      assert.ok(position > before);
      before = position;
      if (Math.abs(position - positionOf(range, 0)) > 12) assert.equal(valueAt(range, position), value);
    }
  }
});

test("a slider rests at zero, and keys step through in steps that fit the range", () => {
  for (const range of [AUDITED, NARROW, UNKNOWN]) {
    const zero = positionOf(range, 0);
    assert.deepEqual([zero - 12, zero + 12].map((at) => valueAt(range, at)), [0, 0]);
    assert.ok(valueAt(range, zero - 40) < 0 && valueAt(range, zero + 40) > 0);
  }
  assert.deepEqual([AUDITED, NARROW, UNKNOWN, { ...AUDITED, limit: 1 }].map(stepOf), [0.1, 0.02, 0.1, 0.05]);
  assert.deepEqual([521, 911].map((at) => valueAt(NARROW, at)), [0.3, 5.4]);
  assert.equal(stepped(AUDITED, "ArrowRight", 0), 0.1);
  assert.equal(stepped(AUDITED, "ArrowRight", 0.2), 0.3);
  assert.equal(stepped(NARROW, "ArrowLeft", 0.02), 0);
  assert.equal(stepped(NARROW, "PageUp", 0.1), 0.3);
  assert.equal(stepped(AUDITED, "PageDown", -9.5), -10);
  assert.equal(stepped(AUDITED, "ArrowUp", 10), 10);
  assert.equal(stepped(AUDITED, "a", 1), null);
});

test("a dial has its range on its track, and says its value in words", () => {
  const set = [];
  const dial = createDial({ id: "dial", label: "bridges", range: AUDITED, value: 0, onSet: (value) => set.push(value) });
  const slider = dial.element.querySelector(".dial-slider");
  assert.equal(seen(dial.element.querySelector(".dial-marks")), "−10×0×3×10×");
  assert.equal(slider.style.getPropertyValue("--audited-to"), "0.82");
  slider.value = "520";
  slider.dispatchEvent(new Event("input"));
  assert.deepEqual(set, [1.5]);
  assert.equal(dial.element.querySelector(".dial-number").value, "1.5");
  assert.equal(slider.getAttribute("aria-valuetext"), "1.5×, 1.5× works, fluent up to 3×, guard rails not audited");
  dial.set(-2);
  assert.ok(dial.element.classList.contains("is-beyond"));
});

test("a number counts once it is one", () => {
  assert.equal(typed("-2.5"), -2.5);
  for (const not of ["", " ", "-", "1e", "11", "Infinity"]) assert.equal(typed(not), null);
});

test("words say what was measured where the dial stands", () => {
  assert.equal(verdict(AUDITED, 0), "off");
  assert.equal(verdict(AUDITED, 2), "1.5× works, fluent up to 3×, guard rails not audited");
  assert.match(verdict(AUDITED, 3.1), /^beyond 3×/);
  assert.equal(verdict(AUDITED, -1), "not measured below zero");
  assert.equal(verdict({ recommended: null, limit: 3, presets: [] }, 1), "fluent up to 3×, guard rails not audited");
  assert.equal(verdict({ recommended: null, limit: null, presets: [] }, 1), "not measured");
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
