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
  of("dd us1", "datadog", "https://api.datadoghq.com"),
  of("dd eu", "datadog", "https://api.datadoghq.eu/"),
  of("dd us3", "datadog", "https://api.us3.datadoghq.com"),
  of("dd us5", "datadog", "https://api.us5.datadoghq.com"),
  of("dd ap1", "datadog", "https://api.ap1.datadoghq.com"),
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
  ["Datadog's API of the page's site", `https://app.datadoghq.com/apm/trace/${id}`, "dd us1"],
  ["that of the European site", `https://app.datadoghq.eu/apm/trace/${id}?spanID=5`, "dd eu"],
  ["that of us3", `https://us3.datadoghq.com/apm/trace/${id}`, "dd us3"],
  ["that of us5", `https://us5.datadoghq.com/apm/traces?traceID=${id}`, "dd us5"],
  ["that of ap1, below a name of its own", `https://shop.ap1.datadoghq.com/apm/trace/${id}`, "dd ap1"],
  [
    "none of a site that only looks like one",
    `https://app.datadoghq.com.evil.example/apm/trace/${id}`,
    undefined,
  ],
  ["none of a site that is not asked", `https://app.ddog-gov.com/apm/trace/${id}`, undefined],
  ["none over another scheme", `http://app.datadoghq.com/apm/trace/${id}`, undefined],
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
