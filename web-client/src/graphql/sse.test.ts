import { expect, test } from "vitest";
import { eventsOf, type ServerEvent } from "./sse";

function streamOf(parts: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part));
      controller.close();
    },
  });
}

async function read(parts: readonly string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(streamOf(parts))) events.push(event);
  return events;
}

test("events come whole, wherever the network cuts them", async () => {
  const text =
    ':\n\nevent: next\ndata: {"a":1}\n\n:\n\nevent: next\ndata: {"a":"ü"}\n\nevent: complete\ndata:\n\n';
  const expected = [
    { name: "next", data: '{"a":1}' },
    { name: "next", data: '{"a":"ü"}' },
    { name: "complete", data: "" },
  ];

  for (let cut = 1; cut < text.length; cut += 1) {
    expect(await read([text.slice(0, cut), text.slice(cut)])).toEqual(expected);
  }
});

test("a half event at the end of a broken connection is none", async () => {
  expect(await read(['event: next\ndata: {"a":1}\n\nevent: next\ndata: {"b"'])).toEqual([
    { name: "next", data: '{"a":1}' },
  ]);
});
