import type { BackendIo, Connection, Decode } from "../../../src/backends/backend.ts";
import type { HttpLimits } from "../../../src/backends/httpLimits.ts";
import { UserError } from "../../../src/base/userError.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import type { Trace } from "../../../src/model/trace.ts";

/** Waits short enough for a test; none of them decides which way a test goes. */
export const quick: Partial<HttpLimits> = { backoffMs: 1, retryAfterMs: 1500 };

export function connectionTo(url: string, more: Partial<Connection> = {}): Connection {
  return { name: "test", kind: "jaeger", url, headers: {}, tenant: "", auth: "none", user: "", ...more };
}

export interface FakeIo extends BackendIo {
  readonly lines: string[];
  readonly origins: string[];
}

/** Keeps `secret` for every origin and remembers which were asked for. */
export function fakeIo(secret?: string, decode: Decode = parseWhole): FakeIo {
  const lines: string[] = [];
  const origins: string[] = [];
  return {
    lines,
    origins,
    secret: async (origin) => {
      origins.push(origin);
      return secret;
    },
    decode,
    log: (line) => lines.push(line),
  };
}

interface LooseSpan {
  readonly traceId?: string;
  readonly traceID?: string;
}

function isSpan(value: unknown): value is LooseSpan {
  return typeof value === "object" && value !== null && ("spanId" in value || "spanID" in value);
}

/** Reads the ids of OTLP and Jaeger JSON, and makes of each trace a summary and a trace of nothing but its id. */
export const parseWhole: Decode = async (body, request, signal) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    signal.throwIfAborted();
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${request.label} does not hold traces.`, { cause });
  }
  const spans: LooseSpan[] = [];
  JSON.stringify(value, (_, member: unknown) => {
    if (isSpan(member)) spans.push(member);
    return member;
  });
  const ids = new Map<string, number>();
  for (const span of spans) {
    const id = (span.traceId ?? span.traceID ?? "").toLowerCase().padStart(32, "0");
    ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  const summaries = [...ids].map(([id, count]) => summaryOf(id, count));
  const wanted = request.traceId === "" ? summaries[0]?.traceId : request.traceId.padStart(32, "0");
  const has = request.want === "trace" && wanted !== undefined && ids.has(wanted);
  return {
    format: "test JSON",
    summaries,
    trace: has ? ({ traceId: wanted, length: ids.get(wanted) } as Trace) : undefined,
    hotspots: Promise.resolve([]),
    notes: [],
  };
};

export function summaryOf(traceId: string, spans: number): TraceSummary {
  return {
    traceId,
    rootService: "a",
    rootName: "GET /",
    startMs: 1,
    durationNs: 1,
    spans,
    errors: 0,
    services: [],
  };
}

export const never = new AbortController().signal;

/** The UserError that a promise rejects with. */
export async function refusal(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    (value) => new Error(`It answered: ${JSON.stringify(value)}`),
    (reason) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error;
}
