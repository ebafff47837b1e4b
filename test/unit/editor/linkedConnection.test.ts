import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Connection } from "../../../src/backends/backend.ts";
import { linkedConnection, linkOf } from "../../../src/editor/linkedConnection.ts";
import { parseTraceReferences } from "../../../src/model/traceReference.ts";

const id = "0af7651916cd43dd8448eb211c80319c";
const of = (name: string, kind: string, url: string): Connection => {
  return { name, kind, url, headers: {}, tenant: "", auth: "none", user: "" };
};
const proxy = "https://grafana.example/api/datasources/proxy/uid";
const connections = [
  of("ops jaeger", "jaeger", "https://ops.example/jaeger"),
  of("ops zipkin", "zipkin", "https://ops.example/tracing/"),
  of("ops other", "zipkin", "https://ops.example/other"),
  of("first", "tempo", `${proxy}/t1`),
  of("second", "tempo", `${proxy}/t2`),
];
const panes = JSON.stringify({
  a: { queries: [{ query: id, datasource: { type: "tempo", uid: "t2" } }] },
});

const cases: [what: string, link: string, name: string | undefined][] = [
  ["the one with the link's base path", `https://ops.example/jaeger/trace/${id}`, "ops jaeger"],
  ["a slash at its end apart", `https://ops.example/tracing/zipkin/traces/${id}`, "ops zipkin"],
  ["else one of its kind", `https://ops.example/elsewhere/zipkin/traces/${id}`, "ops zipkin"],
  [
    "the data source of a Grafana",
    `https://grafana.example/explore?panes=${encodeURIComponent(panes)}`,
    "second",
  ],
  ["none of another port", `https://ops.example:8443/jaeger/trace/${id}`, undefined],
  ["none for a plain id", id, undefined],
];

describe("The connection that a link points at is", () => {
  for (const [what, link, name] of cases) {
    test(what, () => {
      const [reference] = parseTraceReferences(link);
      assert.equal(linkedConnection(reference, `see ${link} please`, connections)?.name, name);
    });
  }
});

test("A link is taken whole only where it leads to the server that is shown", () => {
  const texts = [
    `http://good.example.evil.example/trace/${id} http://good.example/trace/${id}`,
    `http://evil.example\\@good.example/trace/${id}`,
    `http://evil.example/?next=http://good.example/trace/${id}`,
  ];
  for (const text of texts) {
    const reference = { traceId: id, form: "", origin: "http://good.example" };
    assert.equal(new URL(linkOf(reference, text)).host, "good.example", text);
  }
});

test("Of a text with links in it, the one that was read is taken whole", () => {
  const text = `"https://docs.example/" and <HTTPS://Ops.example/jaeger/trace/${id}?uiFind=a>`;
  const [reference] = parseTraceReferences(text);
  assert.equal(linkOf(reference, text), `HTTPS://Ops.example/jaeger/trace/${id}?uiFind=a`);
});
