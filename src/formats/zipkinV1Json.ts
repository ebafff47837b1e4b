import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder, Format, Head } from "./format.ts";
import { JsonCursor, Token } from "./jsonCursor.ts";
import { JsonDocuments } from "./jsonDocuments.ts";
import { arrayOf, type JsonShape } from "./jsonShape.ts";
import { ZipkinV1JsonSpan } from "./zipkinV1JsonSpan.ts";

/**
 * Zipkin's JSON v1, in camelCase or, as Thrift's objects print, in snake_case with bare-number ids and base64 values. What a
 * span is follows from its annotations (cs, cr, sr, ss, ms, mr); one that has both sides of a call becomes two spans.
 * Source: openzipkin/zipkin, `V1SpanConverter`.
 */
export const zipkinV1Json: Format = {
  name: "Zipkin JSON v1",
  accepts: isZipkinV1,
  decoder,
};

/** Whether the spans are of Zipkin's first form. */
export function isZipkinV1({ json }: Head): boolean {
  if (json === undefined || json.keys.length === 0) return false;
  const [outer, inner] = json.keys;
  const any = (...names: string[]): boolean => names.some((name) => outer.has(name));
  if (!outer.has("id") || !any("traceId", "trace_id")) return false;
  if (any("binaryAnnotations", "binary_annotations", "trace_id")) return true;
  if (any("tags", "kind", "localEndpoint", "remoteEndpoint")) return false;
  return outer.has("annotations") && inner !== undefined && (inner.has("endpoint") || inner.has("host"));
}

function decoder(sink: SpanSink): Decoder {
  const cursor = new JsonCursor();
  const span = new ZipkinV1JsonSpan(cursor, sink);
  const read = (): void => span.read();
  const item: JsonShape = {
    kind: "choice",
    pick: (byte) => (byte === Token.array ? arrayOf(item) : byte === Token.object ? read : undefined),
  };
  return new JsonDocuments(cursor, sink, item);
}
