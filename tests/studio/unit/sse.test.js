import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../../../src/clearspan/studio/sse.js";

const TEXT = ': keep-alive\r\n\r\nevent: route\r\ndata: {"tier": "quote"}\r\n\r\ndata: first\ndata: ünd 🇬🇧\n\nevent: odd\n\ndata:bare\r\r';
const EVENTS = [
  { event: "route", data: '{"tier": "quote"}' },
  { event: "message", data: "first\nünd 🇬🇧" },
  { event: "message", data: "bare" },
];

const streamOf = (pieces) =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });

async function read(pieces) {
  const found = [];
  for await (const event of readEvents(streamOf(pieces))) found.push(event);
  return found;
}

test("events are the same wherever the stream is cut", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let at = 0; at <= bytes.length; at += 1) {
    // The last line ending is a lone carriage return: nothing follows that could be its second half.
    const pieces = [bytes.slice(0, at), bytes.slice(at), new TextEncoder().encode("\n")];
    assert.deepEqual(await read(pieces), EVENTS, `cut at ${at}`);
  }
  assert.deepEqual(await read([...bytes, 10].map((byte) => Uint8Array.of(byte))), EVENTS);
});

test("an event that never ended is none", async () => {
  assert.deepEqual(await read([new TextEncoder().encode("event: claim\ndata: half")]), []);
});
