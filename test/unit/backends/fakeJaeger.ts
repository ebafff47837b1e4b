import {
  type FaultyServer,
  faultyServer,
  html,
  json,
  type Script,
  text,
} from "../../support/faultyServer.ts";

/**
 * "1.60": the internal API alone, the web page for what it does not know. "2.13": both, v3 without attributes, the web page,
 * and a store that finds neither by span kind nor by error. "2.17": both, v3 without attributes. "2.20": both. "2.21": v3, and of the
 * internal API the trace by id and the dependencies.
 */
export type JaegerVersion = "1.60" | "2.13" | "2.17" | "2.20" | "2.21";
export const jaegerVersions: readonly JaegerVersion[] = ["1.60", "2.13", "2.17", "2.20", "2.21"];

export interface FakeTrace {
  /** As the server prints it. */
  readonly id: string;
  readonly service: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A Jaeger of one version as far as its HTTP API shows, faults of the real one included. */
export function fakeJaeger(
  version: JaegerVersion,
  traces: readonly FakeTrace[],
  base = "",
): Promise<FaultyServer> {
  const hasV3 = version !== "1.60";
  const hasInternal = version !== "2.21";
  const hasSummaries = version === "2.20" || version === "2.21";
  const unknown = version === "1.60" || version === "2.13" ? html() : text("404 page not found\n", 404);
  const services = [...new Set(traces.map((trace) => trace.service))];

  const script: Script = (response, asked, index) => {
    const answer = (one: Script) => one(response, asked, index);
    const of = (name: string) => asked.query.get(name) ?? "";
    if (!asked.path.startsWith(`${base}/`)) return answer(text("404 page not found\n", 404));
    const path = asked.path.slice(base.length);
    const byId = /^\/api(\/v3)?\/traces\/([^/]+)$/.exec(path);
    if (hasV3 && path === "/api/v3/services") return answer(json(services.length === 0 ? {} : { services }));
    if (hasV3 && path === "/api/v3/operations") {
      const kind = of(hasSummaries ? "spanKind" : "span_kind");
      const found = services.includes(of("service")) ? operationsOf(kind) : [];
      return answer(json(found.length === 0 ? {} : { operations: found }));
    }
    if (hasSummaries && path === "/api/v3/trace-summaries") {
      return answer(v3Error(400, "query.startTimeMin and query.startTimeMax are required"));
    }
    if (hasV3 && path === "/api/v3/traces") {
      if (of("query.start_time_min") === "") return answer(v3Error(400, "query.startTimeMin is required"));
      const tags = hasSummaries ? of("query.attributes") : "";
      const [service, operation] = [of("query.service_name"), of("query.operation_name")];
      const found = matching(traces, service, operation, tags, of("query.num_traces"));
      return answer(found.length === 0 ? v3Error(404, "No traces found") : json(otlp(found)));
    }
    if (byId !== null && (byId[1] === undefined || hasV3)) {
      const found = traces.filter((trace) => normal(trace.id) === normal(byId[2]));
      if (byId[1] === undefined) return answer(found.length === 0 ? notFound : json(uiJson(found)));
      return answer(found.length === 0 ? v3Error(404, "trace not found") : json(otlp(found)));
    }
    if (hasInternal && path === "/api/services") {
      return answer(
        json({ data: services.length === 0 ? null : services, total: services.length, errors: null }),
      );
    }
    if (hasInternal && path === "/api/operations") {
      const found = services.includes(of("service")) ? operationsOf(of("spanKind")) : null;
      return answer(json({ data: found, errors: null }));
    }
    if (hasInternal && path === "/api/traces") {
      const found = matching(traces, of("service"), of("operation"), of("tags"), of("limit"));
      const isLost = version === "2.13" && /"(?:span\.kind|error)"/.test(of("tags"));
      return answer(json(uiJson(isLost ? [] : found)));
    }
    if (path === "/api/dependencies") {
      return answer(json({ data: dependencies, errors: null }));
    }
    answer(unknown);
  };
  return faultyServer(script);
}

const operations = [
  { name: "GET /b", spanKind: "server" },
  { name: "GET /a", spanKind: "server" },
  { name: "GET /a", spanKind: "client" },
];

function operationsOf(kind: string) {
  return operations.filter(({ spanKind }) => kind === "" || spanKind === kind);
}

const dependencies = [
  { parent: "shop", child: "pricing", callCount: 3 },
  { parent: "shop", child: "shop", callCount: 9 },
];

/** Errors are JSON that calls itself plain text, as Go's http.Error makes them. */
function v3Error(status: number, message: string): Script {
  return text(JSON.stringify({ error: { httpCode: status, message } }), status);
}

const notFound = text(
  JSON.stringify({
    data: null,
    total: 0,
    limit: 0,
    offset: 0,
    errors: [{ code: 404, msg: "trace not found" }],
  }),
  404,
);

function matching(
  traces: readonly FakeTrace[],
  service: string,
  operation: string,
  tags: string,
  limit: string,
): readonly FakeTrace[] {
  const wanted = Object.entries(tags === "" ? {} : (JSON.parse(tags) as Record<string, string>));
  return traces
    .filter(
      (trace) =>
        trace.service === service &&
        (operation === "" || operation === "GET /a") &&
        wanted.every(([key, value]) => trace.tags?.[key] === value),
    )
    .slice(0, Number(limit));
}

function normal(id: string): string {
  return id.toLowerCase().padStart(32, "0");
}

/** All traces in one list of resources, ids padded. */
function otlp(traces: readonly FakeTrace[]): unknown {
  return {
    result: {
      resourceSpans: traces.map((trace) => ({
        resource: { attributes: [{ key: "service.name", value: { stringValue: trace.service } }] },
        scopeSpans: [{ spans: [otlpSpan(trace)] }],
      })),
    },
  };
}

function otlpSpan(trace: FakeTrace): unknown {
  return {
    traceId: normal(trace.id),
    spanId: "00f067aa0ba902b7",
    name: "GET /a",
    kind: 2,
    status: trace.tags?.error === undefined ? {} : { code: 2 },
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000250000000",
  };
}

function uiJson(traces: readonly FakeTrace[]): unknown {
  return {
    data: traces.map((trace) => ({
      traceID: trace.id,
      spans: [
        {
          traceID: trace.id,
          spanID: "00f067aa0ba902b7",
          operationName: "GET /a",
          references: [],
          startTime: 1_700_000_000_000_000,
          duration: 250_000,
          tags: [
            { key: "span.kind", type: "string", value: "server" },
            { key: "error", type: "bool", value: trace.tags?.error !== undefined },
          ],
          logs: [],
          processID: "p1",
          warnings: null,
        },
      ],
      processes: { p1: { serviceName: trace.service, tags: [] } },
      warnings: null,
    })),
    total: 0,
    limit: 0,
    offset: 0,
    errors: null,
  };
}
