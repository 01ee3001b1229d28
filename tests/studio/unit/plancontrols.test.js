import assert from "node:assert/strict";
import { test } from "node:test";
import { SLIDERS, position, request, valueAt } from "../../../src/clearspan/studio/parts/economy/plancontrols.js";

test("every slider covers its range, and comes back to where it was", () => {
  for (const slider of SLIDERS) {
    assert.equal(position(slider, slider.low), 0);
    assert.equal(valueAt(slider, position(slider, slider.high)), slider.high);
    for (const at of [0, 1, 60, 119, 240]) assert.equal(position(slider, valueAt(slider, at)), at);
    assert.equal(position(slider, slider.high * 10), 240);
  }
});

test("an address becomes a request; what it gives wrongly is left at its start", () => {
  const asked = request({ room: "economy", like: "7e9", share: "50", served: "-3", price: "much", laws: "kaplan-2020,nobody" });
  assert.equal(asked.get("like"), "7000000000");
  assert.equal(asked.get("output_share"), "0.5");
  assert.equal(asked.get("tokens_served"), "2000000000000");
  assert.equal(asked.get("price_per_hour"), "2.35");
  assert.deepEqual(asked.getAll("law"), ["kaplan-2020"]);
  assert.equal(request({ room: "economy" }).getAll("law").length, 3);
});
