import { AttributeType } from "../../../src/model/attributes.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import { Kind, type Trace } from "../../../src/model/trace.ts";

/** A span as a test writes it; each starts 1 ms after the one before it and all are roots of one trace. */
export interface TracedSpan {
  readonly name?: string;
  readonly service?: string;
  readonly language?: string;
  readonly kind?: keyof typeof Kind;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly events?: readonly Readonly<Record<string, string>>[];
}

export function tracedSpans(spans: readonly TracedSpan[]): Trace {
  const sink = new SpanSink();
  spans.forEach((given, i) => {
    const resource = sink.addResource();
    const text = (value: string | number) => sink.texts.internText(String(value));
    sink.openResource();
    const ofResource = {
      "service.name": given.service ?? "shop",
      "telemetry.sdk.language": given.language ?? "",
    };
    for (const [key, value] of Object.entries(ofResource)) {
      if (value !== "")
        sink.resourceAttributes.add(sink.labels.internText(key), AttributeType.string, text(value));
    }
    sink.closeResource(resource);
    sink.begin();
    sink.span.trace0 = sink.span.trace3 = 1;
    sink.span.idLow = i + 1;
    sink.span.name = sink.labels.internText(given.name ?? "op");
    sink.span.kind = Kind[given.kind ?? "server"];
    sink.span.startLow = 1_000_000 * (i + 1);
    sink.span.endLow = 1_000_000 * (i + 2);
    for (const [key, value] of Object.entries(given.attributes ?? {})) {
      const type = typeof value === "number" ? AttributeType.int : AttributeType.string;
      sink.attributes.add(sink.labels.internText(key), type, text(value));
    }
    for (const event of given.events ?? []) {
      for (const [key, value] of Object.entries(event)) {
        sink.eventAttributes.add(sink.labels.internText(key), AttributeType.string, text(value));
      }
      sink.addEvent(0, sink.span.startLow, sink.labels.internText("exception"));
    }
    sink.commit(resource, sink.addScope());
  });
  return buildTrace(sink, 0);
}
