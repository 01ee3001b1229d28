import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, scale } from "../../../src/clearspan/studio/parts/audit/readersmeasure.js";

const row = (side, value, low = null, high = null) => ({ query_type: "all", side, estimate: { value, low, high, unit: "", how: "" } });

test("a figure has its interval, and a sign where it is a difference", () => {
  assert.equal(figure(row("overview", 0.25, 0.1, 0.4), "share"), "25 % [10 % to 40 %]");
  assert.equal(figure(row("overview", 0.051), "share"), "5.1 %");
  assert.equal(figure(row("difference", -0.17, -0.3, 0.02), "share"), "−17 % [−30 % to +2.0 %]");
  assert.equal(figure(row("overview", 1.5), "questions"), "1.50");
  assert.equal(figure(row("results", 31.4, 20, 44.6), "seconds"), "31 s [20 s to 45 s]");
  assert.equal(figure(row("results", null), "seconds"), "–");
});

test("figures are drawn from nothing up, differences about zero", () => {
  const figures = scale([row("overview", 0.2, 0.1, 0.4)], "share");
  assert.equal(figures.ends, "0 % to 40 %");
  assert.ok(figures.place(0) < figures.place(0.2) && figures.place(0.2) < figures.place(0.4));
  const gaps = scale([row("difference", -0.1, -0.3, 0.1)], "share");
  assert.equal(gaps.ends, "−30 % to +30 %");
  assert.equal(gaps.place(0), (gaps.place(-0.3) + gaps.place(0.3)) / 2);
  assert.equal(scale([row("overview", null)], "share").ends, "");
});
