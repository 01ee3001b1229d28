import { seen } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { written } from "../../../src/clearspan/studio/parts/shared/claim.js";
import { receiptView } from "../../../src/clearspan/studio/parts/receipt/receipt.js";
import { claim, offer, receipt } from "./receipts.js";

const AT = { room: "audit", receipt: "r-1" };
const section = (view, title) => [...view.querySelectorAll("section")].find((one) => one.querySelector("h3").textContent === title);
const lines = (part) => [...part.querySelectorAll(".till-line")].map((line) => [...line.children].map(seen));

const ROUTE = {
  tier: "generate",
  why: "the quote is long",
  escalated_from: "quote",
  offers: [
    offer({ tier: "calculator", quality: 0, why_not: "the question asks for no calculation" }),
    offer({ tier: "quote", why_not: "its quotes were not enough" }),
    offer({ tier: "generate", quality: 0.9, joules: 45, seconds: 2.5, money: 0.00123, currency: "USD" }),
  ],
};

test("each tier has its price, and those not chosen the reason", () => {
  const route = section(receiptView(receipt({ route: ROUTE }), AT), "Route");
  assert.deepEqual(lines(route)[0], ["quote → generate", "taken"]);
  assert.deepEqual([...route.querySelectorAll("thead th")].map(seen), ["tier", "quality", "energy", "time", "price"]);
  assert.deepEqual([...route.querySelectorAll("tbody tr")].map((row) => [...row.children].map(seen)), [
    ["calculator", "0.00", "4.2 J", "0.4 s", "none"],
    ["not chosen: the question asks for no calculation"],
    ["quote", "0.80", "4.2 J", "0.4 s", "none"],
    ["not chosen: its quotes were not enough"],
    ["generate ✓", "0.90", "45 J", "2.5 s", "0.00123 USD"],
  ]);
});

test("a writer of which nothing is shown did not answer", () => {
  const route = section(receiptView(receipt({ route: { ...ROUTE, tier: "quote", escalated_from: null, tried: "generate" } }), AT), "Route");
  assert.deepEqual(lines(route)[0], ["quote", "taken, after generate in vain"]);
});

test("where nothing costs money there is no column for it, and old receipts have no reasons", () => {
  const route = section(receiptView(receipt({ route: { ...ROUTE, tier: "quote", offers: [offer()] } }), AT), "Route");
  assert.equal(route.querySelectorAll("thead th").length, 4);
  assert.equal(route.querySelectorAll("tbody tr").length, 1);
  assert.equal(section(receiptView(receipt(), AT), "Route").querySelector("table"), null);
});

test("dials stand on the receipt, and lead to where they can be turned", () => {
  const view = receiptView(receipt({ dials: ["golden-gate=0.6x", "#12=off"] }), AT);
  const dials = section(view, "Dials");
  assert.deepEqual(lines(dials), [["golden-gate", "0.6×"], ["#12", "off"]]);
  assert.equal(dials.querySelector("a").getAttribute("href"), "/?room=inside&dials=golden-gate%3D0.6x");
  assert.equal(section(receiptView(receipt(), AT), "Dials"), undefined);
});

test("the meter says what was paid, and how that was reckoned", () => {
  const { meter } = receipt();
  const paid = section(receiptView(receipt({ meter: { ...meter, money: 0.25, currency: "EUR", money_how: "2 k tokens at list price" } }), AT), "Meter");
  assert.deepEqual(lines(paid).at(-1), ["Price", "0.25 EUR"]);
  assert.equal(seen(paid.lastElementChild), "2 k tokens at list price");
  assert.deepEqual(lines(section(receiptView(receipt(), AT), "Meter")).at(-1), ["Price", "none"]);
});

test("an abstention has its place", () => {
  const { overview } = receipt();
  const abstention = { code: "nothing_found", message: "Nothing here.", searched: [], found: "", would_help: "", probability: null };
  const view = receiptView(receipt({ overview: { ...overview, claims: [], abstention } }), AT);
  assert.match(seen(section(view, "Abstained")), /nothing_found ?no claim ?Nothing here\./);
});

test("a sentence is written as its origin writes it", () => {
  const calculation = { expression: "4200 ft", result: "1.28 km", method: "units" };
  assert.equal(written(claim()), "“The pier is 90 metres long.”");
  assert.equal(written(claim({ origin: "generated" })), "The pier is 90 metres long.");
  assert.equal(written(claim({ origin: "calculated", text: "4200 ft = 1.28 km", calculation })), "= 1.28 km");
  assert.equal(written(claim({ origin: "calculated", text: "= 12", calculation: null })), "= 12");
});
