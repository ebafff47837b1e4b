import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder, Format, Head } from "./format.ts";
import { GoStdoutJsonSpan } from "./goStdoutJsonSpan.ts";
import { JsonCursor, Token } from "./jsonCursor.ts";
import { JsonDocuments } from "./jsonDocuments.ts";
import { arrayOf, type JsonShape } from "./jsonShape.ts";

/**
 * What OpenTelemetry Go's `stdouttrace` exporter prints, and BuildKit keeps of a build: one object a span, with Go's names.
 * It looks like OTLP and is not.
 * Source: opentelemetry-go, `sdk/trace/tracetest.SpanStub`.
 */
export const goStdoutJson: Format = {
  name: "Go stdout trace JSON",
  accepts,
  decoder,
};

function accepts({ json }: Head): boolean {
  const outer = json?.keys[0];
  return outer?.has("SpanContext") === true && (outer.has("Name") || outer.has("StartTime"));
}

function decoder(sink: SpanSink): Decoder {
  const cursor = new JsonCursor();
  const span = new GoStdoutJsonSpan(cursor, sink);
  const read = (): void => span.read();
  const item: JsonShape = {
    kind: "choice",
    pick: (byte) => (byte === Token.array ? arrayOf(item) : byte === Token.object ? read : undefined),
  };
  return new JsonDocuments(cursor, sink, item);
}
