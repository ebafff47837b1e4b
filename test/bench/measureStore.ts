// Measures the store of received traces: node test/bench/measureStore.ts [spans] [folder]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TraceQuery } from "../../src/backends/backend.ts";
import type { ReceivedBatch, ReceivedPart } from "../../src/backends/local/parts.ts";
import { acquireLease } from "../../src/backends/local/store/lease.ts";
import { openReader, openWriter, type StoreWriting } from "../../src/backends/local/store/openStore.ts";
import { protobufTrace } from "./generateProtobuf.ts";
import { traceIdText } from "./generateSpans.ts";

export const spansOfTrace = 10;
/** Made once and sent again with other ids. */
const distinctTraces = 500;

/** Traces of ten spans of several services, over and over with new ids. */
export class Traffic {
  readonly #templates: { readonly bytes: Buffer; readonly ids: readonly number[] }[] = [];
  readonly #id = Buffer.alloc(16, 0xab);
  #sent = 0;

  constructor() {
    for (let i = 1; i <= distinctTraces; i++) {
      const bytes = Buffer.concat([...protobufTrace(spansOfTrace, i)]);
      const id = Buffer.from(traceIdText(i), "hex");
      const ids: number[] = [];
      for (let at = bytes.indexOf(id); at >= 0; at = bytes.indexOf(id, at + 16)) ids.push(at);
      this.#templates.push({ bytes, ids });
    }
  }

  /**
   * A sender's request of so many traces, which has other ids each time it is asked for. Its bytes are the same memory: a
   * sender that made garbage would be measured with the receiver.
   */
  request(traces: number): () => Buffer {
    const templates = Array.from(
      { length: traces },
      (_, i) => this.#templates[(this.#sent + i) % distinctTraces],
    );
    const body = Buffer.concat(templates.map(({ bytes }) => bytes));
    const ids: number[][] = [];
    let from = 0;
    for (const { bytes, ids: places } of templates) {
      ids.push(places.map((at) => from + at));
      from += bytes.length;
    }
    return () => {
      for (const places of ids) {
        const id = this.#nextId();
        for (const at of places) id.copy(body, at);
      }
      return body;
    };
  }

  part(): ReceivedPart {
    const { bytes, ids } = this.#templates[this.#sent % distinctTraces];
    const id = this.#nextId();
    const own = Buffer.from(bytes);
    for (const at of ids) id.copy(own, at);
    return { traceId: id.toString("hex"), count: spansOfTrace, bytes: own };
  }

  #nextId(): Buffer {
    const id = this.#id;
    // Ids of real senders are random: spread by a multiplication.
    id.writeUInt32BE(Math.imul(++this.#sent, 0x9e3779b1) >>> 0, 0);
    id.writeUInt32BE(this.#sent, 8);
    return id;
  }

  batch(spans: number): ReceivedBatch {
    return { traces: Array.from({ length: Math.ceil(spans / spansOfTrace) }, () => this.part()), logs: [] };
  }
}

const noLimits = { maxSpans: 0, maxBytes: 0, maxAgeHours: 0 };

function begin(folder: string): StoreWriting {
  const answer = acquireLease(folder, "bench", 3_600_000, { isGone: () => true });
  if (!answer.acquired) throw new Error("no lease");
  return openWriter(folder, {
    fence: answer.token,
    limits: noLimits,
    onNotice: console.log,
    maxBacklog: 1e9,
  });
}

/** Acknowledged spans a second when `senders` each wait for their answer before they send again. */
async function measureAcknowledged(
  folder: string,
  traffic: Traffic,
  spans: number,
  size: number,
  senders: number,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(spans / size) }, () => traffic.batch(size));
  const writer = begin(folder);
  const used = process.cpuUsage();
  const began = performance.now();
  const latencies: number[] = [];
  const send = async () => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
      const at = performance.now();
      await writer.take(batch);
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  const seconds = (performance.now() - began) / 1000;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.floor(q * (latencies.length - 1))].toFixed(1);
  console.log(
    `acknowledged, ${size} spans a batch, ${senders} senders: ${Math.round(spans / seconds)} spans/s, ` +
      `answer p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms`,
  );
  const spent = cpuSeconds(used);
  const indexing = performance.now();
  const usedByIndexing = process.cpuUsage();
  await writer.indexed();
  const rest = (performance.now() - indexing) / 1000;
  console.log(
    `  all indexed ${rest.toFixed(2)} s later: ${Math.round(spans / (seconds + rest))} spans/s in all; ` +
      `of the processor ${spent.toFixed(2)} s and ${cpuSeconds(usedByIndexing).toFixed(2)} s`,
  );
  await writer.close();
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** 20,000 spans/s for some seconds: whether indexing keeps up. */
async function measureSustained(
  folder: string,
  traffic: Traffic,
  rate: number,
  seconds: number,
): Promise<void> {
  const writer = begin(folder);
  const began = performance.now();
  const used = process.cpuUsage();
  let sent = 0;
  while (performance.now() - began < seconds * 1000) {
    const due = ((performance.now() - began) / 1000) * rate;
    while (sent < due) {
      await writer.take(traffic.batch(500));
      sent += 500;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const spent = cpuSeconds(used);
  const ended = performance.now();
  await writer.indexed();
  console.log(
    `sustained ${rate} spans/s for ${seconds} s: ${sent} sent, the rest indexed ${Math.round(performance.now() - ended)} ms later, ` +
      `${Math.round((spent / seconds) * 100)} % of a core (with making the traffic)`,
  );
  await writer.close();
}

/** A query for anything but what `asked` says. */
export function query(asked: Partial<TraceQuery>): TraceQuery {
  const tags = new Map<string, string>();
  return {
    service: "",
    operation: "",
    tags,
    minDurationNs: 0,
    maxDurationNs: 0,
    fromMs: 0,
    toMs: Number.MAX_SAFE_INTEGER,
    limit: 20,
    ...asked,
  };
}

async function measureLarge(folder: string): Promise<void> {
  const opening = performance.now();
  const writer = begin(folder);
  console.log(`writer opened in ${Math.round(performance.now() - opening)} ms`);
  const reader = openReader(folder);
  const timed = (name: string, action: () => unknown) => {
    const began = performance.now();
    const answer = action();
    const first = performance.now() - began;
    action();
    const second = performance.now() - began - first;
    const count = Array.isArray(answer) ? answer.length : JSON.stringify(answer).slice(0, 80);
    console.log(`  ${name}: ${first.toFixed(1)} ms, again ${second.toFixed(1)} ms (${count})`);
  };
  const found = (asked: Partial<TraceQuery>) => () => reader.search(query(asked)).summaries;
  timed("size", () => reader.size());
  timed("newest", found({}));
  timed("service", found({ service: "cart" }));
  timed("operation", found({ service: "cart", operation: "cart get orders" }));
  timed("frequent attribute", found({ tags: new Map([["http.response.status_code", "200"]]) }));
  timed("rare attribute", found({ tags: new Map([["url.path", "/api/cart/orders/77777"]]) }));
  timed(
    "two attributes",
    found({
      tags: new Map([
        ["customer.tier", "gold"],
        ["cache.hit", "true"],
      ]),
    }),
  );
  timed("errors of a service", found({ service: "cart", errorsOnly: true }));
  timed("slower than 59.9 s", found({ minDurationNs: 59.9e9 }));
  timed("services", () => reader.services());
  timed("attribute keys", () => reader.attributeKeys());
  timed("hotspots of a file", () =>
    reader.hotspots({ fileTail: "cart/orders.js", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
  );
  timed("hotspots of 20 files", () =>
    reader.hotspots({ fileTail: "orders.js", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
  );
  const deleting = performance.now();
  await writer.deleteAll();
  console.log(`deleted all in ${Math.round(performance.now() - deleting)} ms`, reader.size());
  reader.close();
  await writer.close();
}

/** Measures and prints; nothing is asserted. */
export async function measureStore(spans = 1_000_000, parent = tmpdir()): Promise<void> {
  const within = async (action: (folder: string) => Promise<void>) => {
    const folder = mkdtempSync(join(parent, "traceline-bench-"));
    try {
      await action(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const traffic = new Traffic();
  const some = Math.min(spans, 200_000);
  await within((folder) => measureAcknowledged(folder, traffic, some, 512, 1));
  await within((folder) => measureAcknowledged(folder, traffic, some, 512, 8));
  await within((folder) => measureSustained(folder, traffic, 20_000, 10));
  await within(async (folder) => {
    for (let done = 0; done < spans; done += 250_000)
      await measureAcknowledged(folder, traffic, Math.min(250_000, spans), 8192, 2);
    await measureLarge(folder);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await measureStore(Number(process.argv[2] ?? 1_000_000), process.argv[3]);
}
