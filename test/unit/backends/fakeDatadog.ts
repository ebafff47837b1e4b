import { type FaultyServer, faultyServer, json, type Script, text } from "../../support/faultyServer.ts";

export interface FakeDatadogTrace {
  /** As others write it: 1 to 32 hex digits. */
  readonly id: string;
  readonly service: string;
  /** Spans below the first one. */
  readonly children?: number;
  /** More of the first span's attributes. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface FakeDatadogWays {
  /** Keys that are wanted. */
  readonly keys?: readonly [api: string, application: string];
  /** Prints the last 64 bits of each id alone, as decimal, however long the id is. */
  readonly decimal?: boolean;
}

const start = Date.UTC(2023, 10, 14, 22, 13, 20);

/** Datadog's span search as far as its documentation tells: terms of service and trace_id, pages, errors in a list. */
export function fakeDatadog(
  traces: readonly FakeDatadogTrace[],
  ways: FakeDatadogWays = {},
): Promise<FaultyServer> {
  const spans = traces.flatMap((trace) => spansOf(trace, ways.decimal === true));
  const script: Script = (response, asked, index) => {
    const answer = (one: Script) => one(response, asked, index);
    const of = (name: string) => asked.query.get(name) ?? "";
    if (asked.path !== "/api/v2/spans/events") return answer(text('{"errors":["Not found"]}', 404));
    if (ways.keys !== undefined) {
      const given = [asked.headers["dd-api-key"], asked.headers["dd-application-key"]];
      if (given[0] !== ways.keys[0]) return answer(json({ errors: ["Unauthorized"] }, 401));
      if (given[1] !== ways.keys[1]) return answer(json({ errors: ["Forbidden"] }, 403));
    }
    const limit = Number(of("page[limit]") || 10);
    if (!(limit >= 1 && limit <= 1000)) return answer(json({ errors: ["limit out of range"] }, 400));
    const found = spans.filter((span) => matches(span, of("filter[query]")));
    const at = of("page[cursor]") === "" ? 0 : Number(Buffer.from(of("page[cursor]"), "base64").toString());
    const after = at + limit < found.length ? Buffer.from(String(at + limit)).toString("base64") : undefined;
    answer(json({ data: found.slice(at, at + limit), meta: { page: { after }, status: "done" } }));
  };
  return faultyServer(script);
}

interface FakeSpan {
  readonly attributes: Readonly<Record<string, unknown>>;
}

function matches({ attributes }: FakeSpan, query: string): boolean {
  const service = /\bservice:"((?:[^"\\]|\\.)*)"/.exec(query)?.[1];
  if (service !== undefined && service.replaceAll(/\\(.)/g, "$1") !== attributes.service) return false;
  const ids = [...query.matchAll(/\btrace_id:(\w+)/g)].map((match) => match[1]);
  return ids.length === 0 || ids.includes(String(attributes.trace_id));
}

function spansOf(trace: FakeDatadogTrace, isDecimal: boolean): FakeSpan[] {
  const hex = trace.id.toLowerCase().padStart(32, "0");
  const short = BigInt(`0x${hex.slice(16)}`).toString();
  const traceId = isDecimal || /^0{16}/.test(hex) ? short : hex;
  const root = 67_667_974_448_284_343n;
  return Array.from({ length: 1 + (trace.children ?? 0) }, (_, i) => ({
    id: `AAAA${i}`,
    type: "spans",
    attributes: {
      trace_id: traceId,
      span_id: String(root + BigInt(i)),
      parent_id: i === 0 ? "0" : String(root),
      service: trace.service,
      env: "prod",
      host: "host-1",
      resource_name: i === 0 ? "GET /a" : `step ${i}`,
      type: "web",
      start_timestamp: new Date(start + i).toISOString(),
      end_timestamp: new Date(start + 250).toISOString(),
      tags: ["team:checkout"],
      attributes: {},
      custom: { "span.kind": "server" },
      ...(i === 0 ? trace.more : {}),
    },
  }));
}
