import assert from "node:assert/strict";
import { test } from "node:test";
import { count, joules, moment, price, published, scaled, seconds } from "../../../src/clearspan/studio/formatting.js";

const cases = (name, say, pairs) =>
  test(name, () => {
    for (const [given, said] of pairs) assert.equal(say(...[given].flat()), said);
  });

cases("seconds", seconds, [[0, "0 ms"], [0.0234, "23 ms"], [0.0999, "0.1 s"], [1.26, "1.3 s"], [1234, "1,234 s"]]);
cases("joules", joules, [[0, "0 J"], [0.01, "10 mJ"], [4.25, "4.3 J"], [45, "45 J"], [1500, "1.5 kJ"]]);
cases("prices", price, [[[0, ""], "none"], [[0.00123456, "USD"], "0.00123 USD"], [[2, "EUR"], "2 EUR"], [[0, "USD"], "0 USD"]]);
cases("counts", count, [[[1, "source"], "1 source"], [[0, "source"], "0 sources"], [[2, "entry", "entries"], "2 entries"], [[12345, "token"], "12,345 tokens"]]);
cases("dates of any precision", published, [["2019", "2019"], ["2019-05", "May 2019"], ["2019-05-14", "14 May 2019"], ["last spring", "last spring"]]);
cases("scaled numbers", scaled, [[0, "0"], [999.6, "1k"], [6.97e9, "6.97B"], [1.25e12, "1.25T"], [5.76e23, "5.76e23"], [0.0012, "0.0012"], [-2500, "-2.5k"], [5e-5, "5e-5"], [6.58e17, "6.58e17"], [9.996e14, "1e15"], [1e22, "1e22"], [999.6e9, "1T"]]);

test("a moment that cannot be read stays as it is", () => {
  assert.equal(moment("whenever"), "whenever");
  assert.match(moment("2026-03-01T12:00:00Z"), /1 Mar 2026/);
});
