import assert from "node:assert/strict";
import { test } from "node:test";
import type { Backend } from "../../../src/backends/backend.ts";
import { detectLocal, detectUrl } from "../../../src/backends/detect.ts";
import { jaeger } from "../../../src/backends/jaeger.ts";
import { faultyServer, html, silence } from "../../support/faultyServer.ts";
import { fakeJaeger } from "./fakeJaeger.ts";
import { fakeIo, never } from "./fakes.ts";

const id = "5b8efff798038103d269b633813fc60c";

const pasted: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["http://localhost:16686", "http://localhost:16686", "jaeger"],
  ["localhost:16686", "http://localhost:16686", "jaeger"],
  ["[::1]:16686/", "http://[::1]:16686", "jaeger"],
  [`http://localhost:16686/trace/${id}?uiFind=x`, "http://localhost:16686", "jaeger"],
  ["http://localhost:16686/search?service=shop&limit=20", "http://localhost:16686", "jaeger"],
  [
    "https://me:secret@ops.example.com/tools/jaeger/search#x",
    "https://ops.example.com/tools/jaeger",
    "jaeger",
  ],
  ["https://ops.example.com/jaeger/api/v3/services", "https://ops.example.com/jaeger", "jaeger"],
  ["https://ops.example.com/jaeger/", "https://ops.example.com/jaeger", undefined],
  [`http://localhost:9411/zipkin/traces/${id}`, "http://localhost:9411", "zipkin"],
  ["localhost:9411", "http://localhost:9411", "zipkin"],
  ["http://ops.example.com/zipkin/", "http://ops.example.com", "zipkin"],
  ["https://ops.example.com/tools/zipkin/?serviceName=shop", "https://ops.example.com/tools", "zipkin"],
  ["https://ops.example.com/zipkin/dependency", "https://ops.example.com", "zipkin"],
  ["https://ops.example.com/api/v2/services", "https://ops.example.com", "zipkin"],
  ["https://ops.example.com/api/v2/traces?limit=5", "https://ops.example.com", "zipkin"],
  [`https://ops.example.com/zipkin/api/v2/trace/${id}`, "https://ops.example.com", "zipkin"],
  ["", undefined, undefined],
  ["not a url", undefined, undefined],
  ["file:///etc/passwd", undefined, undefined],
];

for (const [text, url, kind] of pasted) {
  test(`"${text}" leads to ${url ?? "nothing"}`, () => {
    assert.deepEqual(detectUrl(text), url === undefined ? undefined : { url, kind });
  });
}

function onPort(url: string): Backend {
  return { ...jaeger, localPorts: [Number(new URL(url).port)] };
}

test("a Jaeger on its local port is found once, with what it says", async () => {
  await using server = await fakeJaeger("2.20", [{ id, service: "shop" }]);
  const found = await detectLocal(never, fakeIo(), [onPort(server.url)]);
  assert.equal(found.length, 1);
  assert.equal(found[0].kind, "jaeger");
  assert.equal(new URL(found[0].url).port, new URL(server.url).port);
  assert.match(found[0].says, /API v3, 1 service$/);
});

test("what is no Jaeger is not found, nor is nothing", async () => {
  await using server = await faultyServer(html());
  const closed = await faultyServer(silence);
  await closed.close();
  assert.deepEqual(await detectLocal(never, fakeIo(), [onPort(server.url), onPort(closed.url)]), []);
});

test("looking around ends with the signal's reason", async () => {
  await using server = await faultyServer(silence);
  const controller = new AbortController();
  const found = detectLocal(controller.signal, fakeIo(), [onPort(server.url)]);
  await server.whenAsked(1);
  controller.abort(new Error("never mind"));
  await assert.rejects(found, /never mind/);
});
