import assert from "node:assert/strict";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Zipkin } from "../../scripts/zipkin.ts";
import type { BackendIo, TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { connectZipkin } from "../../src/backends/zipkin.ts";
import { UserError } from "../../src/base/userError.ts";
import { statusNames, type Trace } from "../../src/model/trace.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { traceFacts } from "../support/traceFacts.ts";
import { known, knownSpans, spanIds } from "./knownSpans.ts";
import { zipkinTest } from "./server.ts";

const startMs = Date.now() - 60_000;
const { signal } = new AbortController();
const decoder = createDecoder(new URL("../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

const query: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: startMs - 3_600_000,
  toMs: startMs + 3_600_000,
  limit: 20,
};
const padded = (id: string) => id.padStart(32, "0");

const io: BackendIo = { secret: async () => undefined, decode: decoder.decode, log: () => {} };
const sent = new Map<string, Promise<void>>();

/** A source whose Zipkin has the spans. */
async function withSpans(zipkin: Zipkin, spans = knownSpans(startMs), path = ""): Promise<TraceSource> {
  const url = zipkin.url + path;
  const source = connectZipkin(
    { name: "Zipkin", kind: "zipkin", url, headers: {}, tenant: "", auth: "none", user: "" },
    io,
  );
  const once = sent.get(zipkin.url) ?? send(zipkin, spans, source);
  sent.set(zipkin.url, once);
  await once;
  return source;
}

async function send(zipkin: Zipkin, spans: readonly object[], source: TraceSource): Promise<void> {
  const response = await fetch(`${zipkin.url}/api/v2/spans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(spans),
  });
  assert.equal(response.status, 202, await response.text());
  for (let tries = 0; tries < 300; tries++) {
    const { summaries } = await source.search(query, signal);
    if (summaries.reduce((sum, summary) => sum + summary.spans, 0) === spans.length) return;
    await pause(100);
  }
  assert.fail("Zipkin did not show what was sent within 30 s");
}

/** A trace as it was sent, decoded without Zipkin. */
async function original(traceId: string): Promise<Trace> {
  const body = new TextEncoder().encode(JSON.stringify(knownSpans(startMs)));
  const bytes = async function* () {
    yield body;
  };
  const decoded = await decoder.decode(bytes(), { traceId, want: "trace", label: "" }, signal);
  return decoded.trace!;
}

zipkinTest("What Zipkin is, its services and their span names are read from it", async (zipkin) => {
  const source = await withSpans(zipkin);
  assert.equal(await source.test(signal), `Zipkin ${zipkin.version} at ${zipkin.url}: 3 services`);
  assert.deepEqual(await source.services(signal), ["gateway", "health", "pricing"]);
  assert.deepEqual(await source.operations("Pricing", signal), ["get /price", "select prices"]);
});

zipkinTest("Every tag, annotation, endpoint, time and status comes back as it was sent", async (zipkin) => {
  const source = await withSpans(zipkin);
  for (const id of Object.values(known)) {
    const { trace, summary, siblings } = await source.trace(id, signal);
    assert.deepEqual(traceFacts(trace), traceFacts(await original(id)));
    assert.equal(trace.traceId, padded(id));
    assert.deepEqual(siblings, [summary]);
  }
});

zipkinTest("The halves of a call that share an ID are two spans, one below the other", async (zipkin) => {
  const { trace, summary } = await (await withSpans(zipkin)).trace(known.long, signal);
  assert.deepEqual(
    [summary.rootName, summary.rootService, summary.spans, summary.errors],
    ["post /checkout", "gateway", 7, 2],
  );
  const rows = Array.from(trace.name, (name, row) => {
    const indent = "  ".repeat(trace.depth[row]);
    const service = trace.labels.at(trace.services[trace.service[row]]);
    return `${indent}${service}: ${trace.labels.at(name)} ${statusNames[trace.status[row]]}`;
  });
  assert.deepEqual(rows.slice(0, 4), [
    "gateway: post /checkout unset",
    "  gateway: get /price unset",
    "    pricing: get /price error",
    "      pricing: select prices error",
  ]);
});

const every = [known.long, known.short, known.zeros];
const searches: readonly (readonly [string, Partial<TraceQuery>, readonly string[]])[] = [
  ["all there is", {}, every],
  ["a service", { service: "pricing" }, [known.long]],
  ["a service in capitals", { service: "HEALTH" }, [known.short, known.zeros]],
  ["a service that is not there", { service: "nobody" }, []],
  ["a span name in capitals", { service: "health", operation: "GET /Health" }, [known.short, known.zeros]],
  ["a span name without a service", { operation: "get /price" }, [known.long]],
  ["a span name it has not", { service: "health", operation: "swim" }, []],
  ["a tag", { tags: new Map([["http.method", "GET"]]) }, [known.long]],
  ["the same tag with another value", { tags: new Map([["http.method", "PUT"]]) }, []],
  ["a tag of any value", { tags: new Map([["text.long", ""]]) }, [known.long]],
  ["a text of several lines", { tags: new Map([["text.lines", everyLine()]]) }, [known.long]],
  [
    "two tags of one trace",
    {
      tags: new Map([
        ["http.method", "GET"],
        ["http.status_code", "500"],
      ]),
    },
    [known.long],
  ],
  ["errors", { tags: new Map([["error", "true"]]) }, [known.long]],
  ["an error's message", { tags: new Map([["error", "timeout"]]) }, [known.long]],
  ["longer than it is", { minDurationNs: 10e9 }, []],
  ["at least as long as its longest span", { minDurationNs: 500_001_000 }, [known.long]],
  ["at most 1 ms, in a service", { service: "health", maxDurationNs: 1e6 }, [known.short, known.zeros]],
  ["between two durations", { minDurationNs: 400e6, maxDurationNs: 600e6 }, [known.long]],
  ["before they were", { toMs: startMs - 60_000 }, []],
  ["after they were", { fromMs: startMs + 1_000 }, []],
];

function everyLine(): string {
  return 'one\ntwo\t"three" \\four';
}

for (const [what, change, expected] of searches) {
  zipkinTest(`A search for ${what} finds ${expected.length}`, async (zipkin) => {
    const source = await withSpans(zipkin);
    const { summaries, limited } = await source.search({ ...query, ...change }, signal);
    assert.deepEqual(summaries.map(({ traceId }) => traceId).sort(), expected.map(padded).sort());
    assert.equal(limited, false);
  });
}

zipkinTest(
  "A search that reaches its limit answers the newest and says there may be more, with latencies by line",
  async (zipkin) => {
    const source = await withSpans(zipkin);
    const { summaries, limited, hotspots } = await source.search({ ...query, limit: 1 }, signal);
    assert.deepEqual(
      summaries.map(({ traceId }) => traceId),
      [known.long],
    );
    assert.equal(limited, true);
    assert.deepEqual(
      (await hotspots).map(({ place }) => [place.file, place.line]).filter(([file]) => file !== ""),
      [["/srv/gateway/src/checkout.ts", 42]],
    );
  },
);

for (const [form, id] of [
  ["64 bits", known.short],
  ["64 bits, padded to 128", padded(known.short)],
  ["64 bits in capitals", known.short.toUpperCase()],
  ["leading zeros dropped", "abcd"],
  ["128 bits in capitals", known.long.toUpperCase()],
]) {
  zipkinTest(`An ID of ${form} opens its trace`, async (zipkin) => {
    const { trace } = await (await withSpans(zipkin)).trace(id, signal);
    assert.equal(trace.traceId, padded(id.toLowerCase()));
  });
}

zipkinTest("A trace that Zipkin does not have is refused with the code notFound", async (zipkin) => {
  const source = await withSpans(zipkin);
  await assert.rejects(
    source.trace("0123456789abcdef0123456789abcdef", signal),
    (error) => error instanceof UserError && error.code === "notFound",
  );
});

zipkinTest("Below /zipkin, which is all that some proxies pass, everything works as well", async (zipkin) => {
  const source = await withSpans(zipkin, undefined, "/zipkin");
  assert.equal(await source.test(signal), `Zipkin at ${zipkin.url}/zipkin: 3 services`);
  assert.equal((await source.search(query, signal)).summaries.length, 3);
  assert.equal((await source.trace(known.long, signal)).trace.length, 7);
  const page = await fetch(source.link(known.long)!);
  assert.match(await page.text(), /<title>Zipkin<\/title>/);
});

zipkinTest(
  "Where only the last 64 bits count, a trace under two IDs opens by either as one",
  async (zipkin) => {
    const long = `0af7651916cd43dd${known.short}`;
    const span = (traceId: string, id: string, more: object) => ({
      traceId,
      id,
      name: "a",
      timestamp: startMs * 1000,
      duration: 10,
      localEndpoint: { serviceName: "old" },
      ...more,
    });
    const spans = [
      span(long, spanIds.root, {}),
      span(known.short, spanIds.call, { parentId: spanIds.root }),
      span(known.short, spanIds.query, { parentId: spanIds.root }),
    ];
    const source = await withSpans(zipkin, spans);
    for (const id of [long, known.short, padded(known.short), `1111111111111111${known.short}`]) {
      const { trace, notes, siblings } = await source.trace(id, signal);
      assert.deepEqual([trace.traceId, trace.length, trace.size[0], siblings.length], [long, 3, 3, 1]);
      assert.match(notes?.join() ?? "", /under the IDs .*463ac35c9f6413ad.*: all of it is shown as one\./);
    }
  },
  { STRICT_TRACE_ID: "false" },
);
