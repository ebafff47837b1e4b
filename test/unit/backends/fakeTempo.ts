import { type FaultyServer, faultyServer, json, type Script, text } from "../../support/faultyServer.ts";

export interface FakeTempoTrace {
  /** As it was sent, leading zeros or not. */
  readonly id: string;
  readonly service: string;
}

export interface FakeTempoWays {
  /** Before 2.6 there was no /api/v2/traces, and before 2.0 no v2 of the tags. */
  readonly version?: "3.0" | "2.5" | "1.5";
  /** Path before /api. */
  readonly base?: string;
  /** Tenants; undefined when all requests belong to one. */
  readonly tenants?: readonly string[];
  /** Says that every trace is cut, in these words. */
  readonly partial?: string;
  /** Whether it says nothing of its version. */
  readonly anonymous?: boolean;
}

const startNs = 1_700_000_000_000_000_000n;
const durationMs = 250;

/** A Tempo as far as its HTTP API shows: stripped zeros in searches, protobuf by id, plain-text errors in its words. */
export function fakeTempo(
  traces: readonly FakeTempoTrace[],
  ways: FakeTempoWays = {},
): Promise<FaultyServer> {
  const { version = "3.0", base = "", tenants, partial, anonymous = false } = ways;
  const services = [...new Set(traces.map((trace) => trace.service))];
  const hasV2 = version !== "1.5";

  const script: Script = (response, asked, index) => {
    const answer = (one: Script) => one(response, asked, index);
    if (!asked.path.startsWith(`${base}/`)) return answer(notFound);
    const path = decodeURIComponent(asked.path.slice(base.length));
    if (path === "/api/echo") return answer(text("echo"));
    if (path === "/api/status/buildinfo" && !anonymous) {
      return answer(json({ version: `${version}.1`, revision: "abc", goVersion: "go1.26" }));
    }
    const tenant = asked.headers["x-scope-orgid"];
    if (tenants !== undefined && tenant === undefined) return answer(text("no org id\n", 401));
    const mine = tenants === undefined || tenants.includes(String(tenant)) ? traces : [];
    const values = /^\/api\/(v2\/)?search\/tag\/(.+)\/values$/.exec(path);
    if (values !== null) {
      if (values[1] !== undefined && !hasV2) return answer(notFound);
      const found = values[2].endsWith("service.name")
        ? services
        : values[2] === "name"
          ? ["GET /b", "GET /a"]
          : [];
      const listed = values[1] === undefined ? found : found.map((value) => ({ type: "string", value }));
      return answer(json(listed.length === 0 ? {} : { tagValues: listed, metrics: {} }));
    }
    if (path === "/api/search") {
      const limit = Number(asked.query.get("limit"));
      return answer(json({ traces: mine.slice(0, limit).map(found), metrics: { inspectedTraces: 3 } }));
    }
    const byId = /^\/api\/(v2\/)?traces\/([0-9a-f]+)$/.exec(path);
    if (byId === null) return answer(notFound);
    const isV2 = byId[1] !== undefined;
    if (isV2 && version !== "3.0") return answer(notFound);
    if (asked.headers.accept !== "application/protobuf") return answer(text("only protobuf here", 406));
    const trace = mine.find((one) => normal(one.id) === normal(byId[2]));
    if (trace === undefined && !isV2) return answer(text("", 404));
    const body = trace === undefined ? Buffer.alloc(0) : resourceSpans(trace);
    const status = partial === undefined ? [] : [Buffer.from([0x18, 1]), bytes(4, Buffer.from(partial))];
    const whole = isV2 ? Buffer.concat([bytes(1, body), bytes(2, Buffer.from([8, 5])), ...status]) : body;
    response.writeHead(200, { "content-type": "application/protobuf" }).end(whole);
  };
  return faultyServer(script);
}

const notFound = text("404 page not found\n", 404);

function normal(id: string): string {
  return id.toLowerCase().padStart(32, "0");
}

function found(trace: FakeTempoTrace): unknown {
  return {
    traceID: normal(trace.id).replace(/^0+/, ""),
    rootServiceName: trace.service,
    rootTraceName: "GET /a",
    startTimeUnixNano: String(startNs),
    durationMs,
    spanSets: [{ spans: [], matched: 1 }],
    serviceStats: { [trace.service]: { spanCount: 1 } },
  };
}

/** A trace of one span as OTLP protobuf. */
export function resourceSpans(trace: FakeTempoTrace): Buffer {
  const service = [bytes(1, Buffer.from("service.name")), bytes(2, bytes(1, Buffer.from(trace.service)))];
  const span = Buffer.concat([
    bytes(1, Buffer.from(normal(trace.id), "hex")),
    bytes(2, Buffer.from("00f067aa0ba902b7", "hex")),
    bytes(5, Buffer.from("GET /a")),
    Buffer.from([0x30, 2]),
    fixed64(7, startNs),
    fixed64(8, startNs + BigInt(durationMs) * 1_000_000n),
  ]);
  return bytes(1, bytes(1, bytes(1, ...service)), bytes(2, bytes(2, span)));
}

/** A length-delimited field of all parts. */
export function bytes(field: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(content.length), content]);
}

function fixed64(field: number, value: bigint): Buffer {
  const content = Buffer.alloc(9, (field << 3) | 1);
  content.writeBigUInt64LE(value, 1);
  return content;
}

function varint(value: number): Buffer {
  const found: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) found.push((left % 128) + 128);
  return Buffer.from([...found, left]);
}
