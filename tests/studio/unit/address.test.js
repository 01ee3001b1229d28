import assert from "node:assert/strict";
import { test } from "node:test";
import { documentAt, format, parse } from "../../../src/clearspan/studio/address.js";

test("an address reads as it was written, whatever is in it", () => {
  const address = { room: "library", q: "fähre & “pier” 50%+", library: "my docs", document: "d-1", span: "3-9" };
  assert.deepEqual(parse(format(address).slice(1)), address);
});

test("the first room needs no name, and nothing at all is /", () => {
  assert.equal(format({ room: "ask" }), "/");
  assert.equal(format({ room: "ask", q: "why?" }), "/?q=why%3F");
  assert.deepEqual(parse(""), { room: "ask" });
});

test("what no room knows is not kept", () => {
  assert.deepEqual(parse("?q=a&evil=1&room="), { room: "ask", q: "a" });
});

test("a document opens over the place where one is", () => {
  const at = documentAt({ room: "audit", receipt: "r-1" }, { document_id: "d-2", start: 4, end: 8 });
  assert.deepEqual(parse(at.slice(1)), { room: "audit", receipt: "r-1", document: "d-2", span: "4-8" });
});
