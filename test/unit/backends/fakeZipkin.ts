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
  /** Of the span's remote endpoint. */
  readonly remote?: string;
  /** 00f067aa0ba902b7 when undefined. */
  readonly spanId?: string;
}

export interface FakeZipkinWays {
  /** Where the API is; what is elsewhere is not found. */
  readonly base?: string;
  /** Paths that say what the server is. */
  readonly papers?: readonly string[];
  /** Whether an id is told apart by its last 64 bits alone. */
  readonly lenient?: boolean;
  /** No index to search by is kept: SEARCH_ENABLED=false. */
  readonly searchOff?: boolean;
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
  const isOff = ways.searchOff === true;
  const services = isOff ? [] : [...new Set(traces.map((trace) => trace.service.toLowerCase()))];

  const script: Script = (response, asked, index) => {
    const answer = (one: Script) => one(response, asked, index);
    const of = (name: string) => asked.query.get(name) ?? "";
    if (papers.has(asked.path)) {
      if (!shown.includes(asked.path)) return answer(notFound);
      const config = { defaultLookback: 900000, searchEnabled: !isOff };
      return answer(json(asked.path.endsWith("/config.json") ? config : papers.get(asked.path)));
    }
    if (!asked.path.startsWith(`${base}/`)) return answer(notFound);
    const path = asked.path.slice(base.length);
    const id = /^\/api\/v2\/trace\/([^/]+)$/.exec(path)?.[1];
    if (path === "/api/v2/services") return answer(json(services));
    if (path === "/api/v2/spans") {
      if (of("serviceName") === "") return answer(text("Mandatory parameter is missing: serviceName", 400));
      return answer(json(services.includes(of("serviceName").toLowerCase()) ? ["get /b", "get /a"] : []));
    }
    if (path === "/api/v2/remoteServices") {
      const of = traces.filter((trace) => trace.service.toLowerCase() === asked.query.get("serviceName"));
      return answer(json(isOff ? [] : of.flatMap(({ remote }) => remote ?? [])));
    }
    if (path === "/api/v2/dependencies") {
      if (!/^[1-9]\d*$/.test(of("endTs"))) return answer(text("endTs <= 0", 400));
      return answer(json(dependencies));
    }
    if (path === "/api/v2/autocompleteKeys") return answer(json(["http.method", "env"]));
    if (path === "/api/v2/autocompleteValues") return answer(json(of("key") === "env" ? ["prod"] : []));
    if (path === "/api/v2/traceMany") return answer(many(traces, of("traceIds").split(",")));
    if (path === "/api/v2/traces") return answer(isOff ? json([]) : searched(traces, asked.query));
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

const dependencies = [
  { parent: "gateway", child: "shop", callCount: 3, errorCount: 1 },
  { parent: "shop", child: "pricing", callCount: 2 },
];

/** As strict with its ids as the real one. */
function many(traces: readonly FakeZipkinTrace[], ids: readonly string[]): Script {
  const wanted = ids.map(normal);
  if (wanted.length < 2) return text("traceIds parameter requires at least two", 400);
  if (new Set(wanted).size < wanted.length) return text("redundant trace ID", 400);
  if (ids.join("%2C").length > 4000) return text("Too Long URI", 414);
  const found = wanted.map((id) => traces.filter((trace) => normal(trace.id) === id).map(spanOf));
  return json(found.filter((spans) => spans.length > 0));
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
    const remote = of("remoteServiceName");
    if (remote !== "" && trace.remote !== remote) return false;
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
    id: trace.spanId ?? "00f067aa0ba902b7",
    kind: "SERVER",
    name: "get /a",
    timestamp: 1_700_000_000_000_000,
    duration: trace.durationMicros ?? 250_000,
    localEndpoint: { serviceName: trace.service.toLowerCase() },
    remoteEndpoint: trace.remote === undefined ? undefined : { serviceName: trace.remote },
    tags: trace.tags,
  };
}
