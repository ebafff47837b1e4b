import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Jaeger } from "../../scripts/jaeger.ts";
import { inProject } from "../../scripts/projectRoot.ts";
import type { BackendIo, Connection, TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { createHttp } from "../../src/backends/http.ts";
import { connectJaeger } from "../../src/backends/jaeger.ts";
import { jaegerInternal } from "../../src/backends/jaegerInternal.ts";
import { UserError } from "../../src/base/userError.ts";
import type { Trace } from "../../src/model/trace.ts";
import { createDecoder, type TraceDecoder } from "../../src/workers/decoder.ts";
import { traceFacts } from "../support/traceFacts.ts";
import { vulture, vultureRequest } from "../support/vultureTrace.ts";
import { sendOtlp, until } from "./sending.ts";
import { jaegerTest } from "./server.ts";

const startMs = Date.now() - 60_000;
const signal = new AbortController().signal;
let decoder: TraceDecoder;
before(() => {
  decoder = createDecoder(inProject("dist", "decode.cjs"), { maxInflated: 2 ** 30 });
});
after(() => decoder.dispose());

const query: TraceQuery = {
  service: vulture.service,
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: startMs - 3_600_000,
  toMs: startMs + 3_600_000,
  limit: 20,
};

function io(): BackendIo {
  return { secret: async () => undefined, decode: decoder.decode, log: () => {} };
}

function connection(jaeger: Jaeger): Connection {
  const { uiUrl: url } = jaeger;
  return { name: "Jaeger", kind: "jaeger", url, headers: {}, tenant: "", auth: "none", user: "" };
}

let sent: Promise<void> | undefined;

/** A source whose Jaeger has the known trace. */
async function withVulture(jaeger: Jaeger): Promise<TraceSource> {
  const source = connectJaeger(connection(jaeger), io());
  sent ??= sendOtlp(jaeger, vultureRequest(startMs));
  await sent;
  await until(async () => (await source.services(signal)).includes(vulture.service));
  await until(async () => (await source.search(query, signal)).summaries.length > 0);
  return source;
}

/** The trace as it was sent, decoded without Jaeger. */
async function original(): Promise<Trace> {
  const body = new TextEncoder().encode(JSON.stringify(vultureRequest(startMs)));
  const bytes = async function* () {
    yield body;
  };
  const decoded = await decoder.decode(
    bytes(),
    { traceId: vulture.traceId, want: "trace", label: "" },
    signal,
  );
  return decoded.trace!;
}

/** What is left of a fact in Jaeger's own JSON: times in µs, lists and maps as text, links without attributes. */
function inJaegersFormat(fact: string): string[] {
  if (/ link .* why=/.test(fact)) return [];
  return [
    fact
      .replace(/=(array|map):/, "=string:")
      .replace(
        /(from|lasts|event) (\d+)\d{3}ns/g,
        (_, what: string, micros: string) => `${what} ${micros}000ns`,
      )
      .replace(/lasts \d{1,3}ns/, "lasts 0ns"),
  ];
}

jaegerTest("What Jaeger is, its services and their operations are read from it", async (jaeger) => {
  const source = await withVulture(jaeger);
  assert.match(
    await source.test(signal),
    /^Jaeger at http:\/\/127\.0\.0\.1:\d+, (before 2\.16|2\.19 or 2\.20), API v3, \d+ service/,
  );
  assert.deepEqual(await source.operations(vulture.service, signal), [
    "circle",
    "dive",
    "eat",
    "look",
    "lost",
  ]);
});

jaegerTest(
  "Every attribute, event, link, time and status comes back through API v3 as it was sent",
  async (jaeger) => {
    const source = await withVulture(jaeger);
    const { trace, summary } = await source.trace(vulture.traceId, signal);
    assert.deepEqual(traceFacts(trace), traceFacts(await original()));
    assert.deepEqual(
      [summary.rootName, summary.rootService, summary.spans, summary.errors],
      ["circle", vulture.service, 5, 1],
    );
  },
);

jaegerTest(
  "Through the internal API they come back as well, as far as its format has room for them",
  async (jaeger) => {
    await withVulture(jaeger);
    const http = createHttp(connection(jaeger), io(), { label: "Jaeger", tenantHeader: "x-tenant" });
    try {
      const request = { traceId: vulture.traceId, want: "trace", label: "Jaeger" } as const;
      const found = await jaegerInternal(http, decoder.decode).trace(
        vulture.traceId,
        undefined,
        request,
        signal,
      );
      assert.deepEqual(
        traceFacts(found!.decoded.trace!),
        traceFacts(await original()).flatMap(inJaegersFormat),
      );
    } finally {
      http.dispose();
    }
  },
);

jaegerTest("Searches find by operation, tag and duration, and say when there may be more", async (jaeger) => {
  const source = await withVulture(jaeger);
  const found = async (change: Partial<TraceQuery>) => {
    const { summaries, limited } = await source.search({ ...query, ...change }, signal);
    return { ids: summaries.map(({ traceId }) => traceId), limited };
  };
  const it = { ids: [vulture.traceId], limited: false };
  const nothing = { ids: [], limited: false };
  const searches: [string, Partial<TraceQuery>, object][] = [
    ["all of the service", {}, it],
    ["an operation it has", { operation: "dive" }, it],
    ["an operation it has not", { operation: "swim" }, nothing],
    ["a text tag", { tags: new Map([["text.plain", "plain"]]) }, it],
    ["the same tag with another value", { tags: new Map([["text.plain", "other"]]) }, nothing],
    ["a 64-bit number", { tags: new Map([["int.largest", "9223372036854775807"]]) }, it],
    ["a tag of the resource", { tags: new Map([["service.version", "1.2.3"]]) }, it],
    ["errors", { tags: new Map([["error", "true"]]) }, it],
    ["errors only", { errorsOnly: true }, it],
    ["longer than it is", { minDurationNs: 10e9 }, nothing],
    ["as short as its shortest span", { maxDurationNs: 1 }, it],
    ["between its durations", { minDurationNs: 400e6, maxDurationNs: 600e6 }, it],
    ["before it was", { toMs: startMs - 60_000 }, nothing],
    ["another service", { service: "nobody" }, nothing],
    ["one at most", { limit: 1 }, { ...it, limited: true }],
  ];
  for (const [what, change, expected] of searches) assert.deepEqual(await found(change), expected, what);
});

jaegerTest("A trace that Jaeger does not have is refused with the code notFound", async (jaeger) => {
  const source = await withVulture(jaeger);
  await assert.rejects(
    source.trace("0123456789abcdef0123456789abcdef", signal),
    (error) => error instanceof UserError && error.code === "notFound",
  );
});
