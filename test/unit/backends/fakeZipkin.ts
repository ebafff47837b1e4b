import {
  type FaultyServer,
  faultyServer,
  html,
  json,
  type Script,
  text,
} from "../../support/faultyServer.ts";

export interface FakeZipkinTrace {
  /** As it was sent. */
  readonly id: string;
  readonly service: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly durationMicros?: number;
}

export interface FakeZipkinWays {
  /** Where the API is; what is elsewhere is not found. */
  readonly base?: string;
  /** Paths that say what the server is. */
  readonly papers?: readonly string[];
  /** Whether an id is told apart by its last 64 bits alone. */
  readonly lenient?: boolean;
}

const papers = new Map<string, unknown>([
  ["/info", { zipkin: { version: "3.6.1", commit: "b2b0c98" } }],
  ["/zipkin/config.json", { environment: "", queryLimit: 10, defaultLookback: 900000, searchEnabled: true }],
  ["/health", { status: "UP", zipkin: { status: "UP", details: {} } }],
]);

/** A Zipkin as far as its HTTP API shows: names in lower case, ids of 16 or 32 digits, words as the real one's. */
export function fakeZipkin(
  traces: readonly FakeZipkinTrace[],
  ways: FakeZipkinWays = {},
): Promise<FaultyServer> {
  const { base = "", lenient = false } = ways;
  const shown = ways.papers ?? [...papers.keys()];
  const services = [...new Set(traces.map((trace) => trace.service.toLowerCase()))];

  const script: Script = (response, asked, index) => {
    const answer = (one: Script) => one(response, asked, index);
    const of = (name: string) => asked.query.get(name) ?? "";
    if (papers.has(asked.path)) {
      return answer(shown.includes(asked.path) ? json(papers.get(asked.path)) : notFound);
    }
    if (!asked.path.startsWith(`${base}/`)) return answer(notFound);
    const path = asked.path.slice(base.length);
    const id = /^\/api\/v2\/trace\/([^/]+)$/.exec(path)?.[1];
    if (path === "/api/v2/services") return answer(json(services));
    if (path === "/api/v2/spans") {
      if (of("serviceName") === "") return answer(text("Mandatory parameter is missing: serviceName", 400));
      return answer(json(services.includes(of("serviceName").toLowerCase()) ? ["get /b", "get /a"] : []));
    }
    if (path === "/api/v2/traces") return answer(searched(traces, asked.query));
    if (id !== undefined) {
      if (!/^[0-9a-f]{1,32}$/.test(id)) return answer(text(`${id} should be lower-hex encoded`, 400));
      const key = (one: string) => (lenient ? one.padStart(32, "0").slice(16) : one.padStart(32, "0"));
      const found = traces.filter((trace) => key(trace.id) === key(id));
      return answer(found.length === 0 ? text(`${normal(id)} not found`, 404) : json(found.map(spanOf)));
    }
    answer(path.startsWith("/zipkin") ? html() : notFound);
  };
  return faultyServer(script);
}

const notFound = text("404 Not Found", 404);

function searched(traces: readonly FakeZipkinTrace[], query: URLSearchParams): Script {
  const of = (name: string) => query.get(name) ?? "";
  for (const name of ["endTs", "lookback", "limit", "minDuration", "maxDuration"]) {
    if (query.has(name) && !/^[1-9]\d*$/.test(of(name))) return text(`${name} <= 0`, 400);
  }
  if (query.has("maxDuration") && !query.has("minDuration")) {
    return text("maxDuration is only valid with minDuration", 400);
  }
  const terms = of("annotationQuery") === "" ? [] : of("annotationQuery").split(" and ");
  const service = of("serviceName").toLowerCase();
  const found = traces.filter((trace) => {
    const micros = trace.durationMicros ?? 250_000;
    const longest = of("maxDuration") === "" ? Number.POSITIVE_INFINITY : Number(of("maxDuration"));
    const has = terms.every((term) => {
      const [key, value = ""] = term.split(/=(.*)/s);
      const tag = trace.tags?.[key];
      return tag !== undefined && (value === "" || tag === value);
    });
    const isNamed = service === "" || trace.service.toLowerCase() === service;
    return isNamed && has && micros >= Number(of("minDuration")) && micros <= longest;
  });
  return json(found.slice(0, Number(of("limit"))).map((trace) => [spanOf(trace)]));
}

function normal(id: string): string {
  const digits = id.replace(/^0+/, "");
  return digits.padStart(digits.length > 16 ? 32 : 16, "0");
}

function spanOf(trace: FakeZipkinTrace): unknown {
  return {
    traceId: normal(trace.id),
    id: "00f067aa0ba902b7",
    kind: "SERVER",
    name: "get /a",
    timestamp: 1_700_000_000_000_000,
    duration: trace.durationMicros ?? 250_000,
    localEndpoint: { serviceName: trace.service.toLowerCase() },
    tags: trace.tags,
  };
}
