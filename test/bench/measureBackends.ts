// Measures what a trace and a search cost beyond fetching their bytes, from a real Jaeger:
// node test/bench/measureBackends.ts [spans] [runs] [bundle of the decode thread]
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Jaeger, startJaeger } from "../../scripts/jaeger.ts";
import { projectRoot } from "../../scripts/projectRoot.ts";
import type { TraceQuery, TraceSource } from "../../src/backends/backend.ts";
import { connectJaeger } from "../../src/backends/jaeger.ts";
import { v3Query } from "../../src/backends/jaegerQuery.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { otlpRequest, type SentOtlp, sendOtlp, until } from "../jaeger/sending.ts";
import { epoch, traceIdText } from "./generateSpans.ts";
import { median } from "./quiet.ts";
import { slowLine } from "./slowLine.ts";
import { traceFile } from "./traceFiles.ts";

/** What was asked, and medians in ms. */
export interface BackendFigures {
  readonly what: string;
  /** MB of the answer. */
  readonly size: number;
  /** From the question to the first byte, which is the server's work alone. */
  readonly firstByte: number;
  /** Until the last byte has come, nothing made of them. */
  readonly bytes: number;
  /** Until the trace, or the list of traces, can be shown. */
  readonly ready: number;
  /** The middle of `ready` over `bytes` of each run: the two of a run are measured one after the other. */
  readonly ratio: number;
}

const signal = new AbortController().signal;
const startMs = Number(epoch / 1_000_000n);
const results = 1_000;
const spansEach = 20;
/** Of the line between most people and their servers, at best. */
const gigabit = 125_000_000;

/**
 * Opens a trace of `spans` spans and finds 1,000 traces of 20, in a Jaeger that has just been started, beside reading the
 * same answers without looking at them; both on this machine and by a line of 1 Gbit/s. The decode thread is the bundle in
 * `dist`.
 */
export async function measureBackends(
  spans: number,
  runs: number,
  dist: string,
): Promise<readonly BackendFigures[]> {
  const jaeger = await startJaeger();
  const decoder = createDecoder(join(dist, "decode.cjs"));
  const line = await slowLine(jaeger.uiUrl, gigabit);
  const connected = (url: string) =>
    connectJaeger(
      { name: "bench", kind: "jaeger", url, headers: {}, tenant: "", auth: "none", user: "" },
      { secret: async () => undefined, decode: decoder.decode, log: () => {} },
    );
  const [near, far] = [connected(jaeger.uiUrl), connected(line.url)];
  // Hotspots come after what the screen needs: waited for before the next run, which they would disturb.
  let after: Promise<unknown> = Promise.resolve();
  const trace = async (source: TraceSource) => {
    const found = await source.trace(traceIdText(1), signal);
    if (found.trace.length !== spans) throw new Error(`Jaeger has ${found.trace.length} of the spans.`);
    after = found.hotspots;
  };
  const search = async (source: TraceSource) => {
    const found = await source.search(query, signal);
    if (found.summaries.length !== results) throw new Error(`${found.summaries.length} were found.`);
    after = Promise.resolve(found.hotspots);
  };
  const all: BackendFigures[] = [];
  try {
    await fill(jaeger, near, spans);
    const whats = [
      [`trace of ${spans.toLocaleString("en")} spans`, tracePath, trace],
      [`search of ${results.toLocaleString("en")} traces`, searchPath, search],
    ] as const;
    for (const [what, path, ask] of whats) {
      for (const [where, source] of [
        ["this machine", near],
        ["1 Gbit/s", far],
      ] as const) {
        const url = source.connection.url + path;
        const figures = await compared(
          url,
          () => ask(source),
          () => after,
          runs,
        );
        all.push({ what: `${what}, ${where}`, ...figures });
      }
    }
    return all;
  } finally {
    for (const source of [near, far]) source.dispose();
    await line.close();
    decoder.dispose();
    await jaeger.stop();
  }
}

/** The figures as lines of a table, with the goal. */
export function backendLines(all: readonly BackendFigures[]): string {
  const rows = all.map(({ what, size, firstByte, bytes, ready, ratio }) => {
    const [first, plain, shown] = [firstByte, bytes, ready].map((ms) => `${Math.round(ms)} ms`);
    return `| ${what} | ${size.toFixed(1)} MB | ${first} | ${plain} | ${shown} | ${ratio.toFixed(2)} |`;
  });
  const missed = all.filter(({ ratio }) => ratio > 1.5).map(({ what }) => what);
  const goal = missed.length === 0 ? "holds" : `is missed by: ${missed.join(", ")}`;
  return [
    "| from a real Jaeger | answer | first byte | bytes alone | to be shown | ratio |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    `The goal of at most 1.5 times the bytes alone ${goal}.`,
  ].join("\n");
}

const query: TraceQuery = {
  service: "lister",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: startMs - 3_600_000,
  toMs: startMs + 3_600_000,
  limit: results,
};

async function fill(jaeger: Jaeger, source: TraceSource, spans: number): Promise<void> {
  const file = traceFile(spans, "proto");
  await sendOtlp(jaeger, await readFile(file.path));
  const small: SentOtlp[] = [];
  for (let i = 0; i < results * spansEach; i++) {
    const [trace, place] = [Math.floor(i / spansEach), i % spansEach];
    small.push({
      traceId: `b${trace.toString(16).padStart(31, "0")}`,
      id: i + 1,
      parent: place === 0 ? undefined : trace * spansEach + 1 + ((place - 1) >> 1),
      service: place % 3 === 0 ? "lister" : "listed",
      name: place === 0 ? "GET /list" : `step ${place}`,
      kind: place % 3 === 0 ? 2 : 1,
      from: trace + place,
      to: trace + 100,
    });
  }
  await sendOtlp(jaeger, otlpRequest(small, startMs));
  await until(async () => (await source.services(signal)).includes("lister"));
}

const tracePath = `/api/v3/traces/${traceIdText(1)}?raw_traces=true`;
const searchPath = `/api/v3/traces?${new URLSearchParams(v3Query(query).map(([name, value]) => [name, value]))}`;

/** Both in turns, after one of each that does not count. */
async function compared(
  url: string,
  ask: () => Promise<unknown>,
  rest: () => Promise<unknown>,
  runs: number,
): Promise<Omit<BackendFigures, "what">> {
  await fetched(url);
  await ask();
  await rest();
  const plain: { firstByte: number; bytes: number; size: number }[] = [];
  const ready: number[] = [];
  for (let run = 0; run < runs; run++) {
    plain.push(await fetched(url));
    ready.push(await timed(ask));
    await rest();
  }
  const middle = (values: readonly number[]) => median(values) ?? Number.NaN;
  return {
    size: plain[0].size / 1e6,
    firstByte: middle(plain.map(({ firstByte }) => firstByte)),
    bytes: middle(plain.map(({ bytes }) => bytes)),
    ready: middle(ready),
    ratio: middle(ready.map((ms, run) => ms / plain[run].bytes)),
  };
}

/** Reads an answer to its end and makes nothing of it. */
function fetched(url: string): Promise<{ firstByte: number; bytes: number; size: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let firstByte = 0;
      let size = 0;
      response.on("data", (chunk: Uint8Array) => {
        if (size === 0) firstByte = performance.now() - began;
        size += chunk.length;
      });
      response.on("end", () => resolve({ firstByte, bytes: performance.now() - began, size }));
      response.on("error", reject);
    }).on("error", reject);
  });
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await ask();
  return performance.now() - began;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [spans = "100000", runs = "5", dist = join(projectRoot, "dist")] = process.argv.slice(2);
  console.log(backendLines(await measureBackends(Number(spans), Number(runs), dist)));
}
