import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Problem, ask, call, query, receipts } from "../../../src/clearspan/studio/api.js";

globalThis.sessionStorage = { getItem: () => null };

let asked = [];
/** Answers the next requests with these. */
function serve(...responses) {
  globalThis.fetch = async (path, how) => {
    asked.push({ path, ...how });
    const next = responses.shift();
    if (next instanceof Error) throw next;
    return next;
  };
}
beforeEach(() => {
  asked = [];
});

const event = (name, data) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const signal = new AbortController().signal;
async function all(events) {
  const found = [];
  for await (const one of events) found.push(one);
  return found;
}

test("empty values are no part of a query", () => {
  assert.equal(query({}), "");
  assert.equal(query({ q: "a b", limit: 12, library: undefined, since: "" }), "?q=a+b&limit=12");
});

test("a page of receipts is asked for by its last moment", async () => {
  serve(Response.json({ receipts: [] }));
  await receipts({ before: "2026-03-01T12:00:00Z" });
  assert.equal(asked[0].path, "/api/receipts?limit=50&before=2026-03-01T12%3A00%3A00Z");
});

test("an error says what, why and what to do", async () => {
  serve(Response.json({ error: { what: "No library.", why: "It is gone.", do: "Add one.", code: "not_found" } }, { status: 404 }));
  await assert.rejects(call("/api/libraries"), { what: "No library.", why: "It is gone.", do: "Add one.", status: 404 });
  serve(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
  await assert.rejects(call("/api/libraries"), { what: "The server answered 502 Bad Gateway.", status: 502 });
  serve(new TypeError("network"));
  await assert.rejects(call("/api/libraries"), { what: "The server does not answer.", code: "away" });
});

test("an answer is its events up to the receipt", async () => {
  serve(new Response(event("route", { tier: "quote" }) + event("receipt", { id: "r-1" }) + event("late", {})));
  const found = await all(ask("Why?", { session: "0".repeat(32), signal }));
  assert.deepEqual(found, [
    { event: "route", data: { tier: "quote" } },
    { event: "receipt", data: { id: "r-1" } },
  ]);
  assert.deepEqual(JSON.parse(asked[0].body), { question: "Why?", stream: true, session: "0".repeat(32) });
});

test("an answer without its receipt has broken off", async () => {
  serve(new Response(event("route", { tier: "quote" })));
  await assert.rejects(all(ask("Why?", { signal })), { code: "broken_off" });
});

test("an error on the way is that error", async () => {
  serve(new Response(event("error", { code: "busy", what: "Too many.", why: "", do: "Wait." })));
  await assert.rejects(all(ask("Why?", { signal })), (error) => error instanceof Problem && error.code === "busy");
});
