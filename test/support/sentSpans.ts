import { AttributeType } from "../../src/model/attributes.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { SpanSink } from "../../src/model/spanSink.ts";
import { wordsOfBigint } from "../../src/model/time64.ts";
import { Kind, type Trace } from "../../src/model/trace.ts";
import { type Warning, warningText } from "../../src/model/warning.ts";

/** A span as some program sent it, right or wrong. Ids are small numbers; times are ms after `sentEpoch`. */
export interface SentSpan {
  readonly id: number;
  readonly parent?: number;
  readonly name?: string;
  /** Undefined for "not given". */
  readonly start?: number;
  readonly end?: number;
  readonly service?: string;
  readonly host?: string;
  readonly kind?: keyof typeof Kind;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Zipkin's ways: a record of a span, and the server half of a shared id. */
  readonly partial?: boolean;
  readonly shared?: boolean;
}

/** 2023-11-14T22:13:20Z in ns. */
export const sentEpoch = 1_700_000_000_000_000_000n;

/** A sink that holds the spans in the order sent. */
export function sinkOf(spans: readonly SentSpan[]): SpanSink {
  const sink = new SpanSink();
  const resources = new Map<string, number>();
  const scope = sink.addScope();
  for (const span of spans) {
    const service = span.service ?? "shop";
    const key = `${service}@${span.host ?? ""}`;
    let resource = resources.get(key);
    if (resource === undefined) {
      resource = sink.addResource();
      sink.openResource();
      const facts = {
        "service.name": service,
        ...(span.host === undefined ? {} : { "host.name": span.host }),
      };
      for (const [name, value] of Object.entries(facts)) {
        sink.resourceAttributes.add(
          sink.labels.internText(name),
          AttributeType.string,
          sink.texts.internText(value),
        );
      }
      sink.closeResource(resource);
      resources.set(key, resource);
    }
    sink.begin();
    const draft = sink.span;
    draft.trace3 = 7;
    draft.idLow = span.id;
    draft.parentLow = span.parent ?? 0;
    draft.name = sink.labels.internText(span.name ?? `span ${span.id}`);
    draft.kind = Kind[span.kind ?? "unspecified"];
    draft.partial = span.partial ?? false;
    draft.shared = span.shared ?? false;
    if (span.start !== undefined) ({ high: draft.startHigh, low: draft.startLow } = unixTime(span.start));
    if (span.end !== undefined) ({ high: draft.endHigh, low: draft.endLow } = unixTime(span.end));
    for (const [name, value] of Object.entries(span.attributes ?? {})) {
      sink.attributes.add(sink.labels.internText(name), AttributeType.string, sink.texts.internText(value));
    }
    sink.commit(resource, scope);
  }
  return sink;
}

/** The trace that the builder makes of the spans. */
export function traceOf(spans: readonly SentSpan[]): Trace {
  return buildTrace(sinkOf(spans), 0);
}

/** The rows as an indented list of names, one a line. */
export function treeOf(trace: Trace): string[] {
  return Array.from(trace.name, (name, row) => `${"  ".repeat(trace.depth[row])}${trace.labels.at(name)}`);
}

/** The warnings as "name: text". */
export function warningsOf(trace: Trace): string[] {
  const { row, code, detail } = trace.warnings;
  return Array.from(row, (at, i) => {
    const text = detail[i] === 0 ? "" : trace.texts.at(detail[i] - 1);
    return `${trace.labels.at(trace.name[at])}: ${warningText(code[i] as Warning, text)}`;
  });
}

function unixTime(ms: number): { high: number; low: number } {
  return wordsOfBigint(sentEpoch + BigInt(Math.round(ms * 1e6)));
}
