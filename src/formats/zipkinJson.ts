import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder, Format, Head } from "./format.ts";
import { JsonCursor, Token } from "./jsonCursor.ts";
import { JsonDocuments } from "./jsonDocuments.ts";
import { arrayOf, type JsonShape } from "./jsonShape.ts";
import { ZipkinJsonSpan } from "./zipkinJsonSpan.ts";
import { isZipkinV1 } from "./zipkinV1Json.ts";

/**
 * Zipkin's JSON v2: a list of spans, a list of traces, or a span a line. A span's localEndpoint is its resource
 * (service.name, host.ip, server.port), its remoteEndpoint the attributes peer.service, network.peer.address and
 * network.peer.port. OpenTelemetry's mapping into tags is undone.
 * Source: openzipkin/zipkin-api, `zipkin2-api.yaml`.
 */
export const zipkinJson: Format = {
  name: "Zipkin JSON",
  accepts,
  decoder,
};

function accepts(head: Head): boolean {
  const outer = head.json?.keys[0];
  return outer?.has("traceId") === true && outer.has("id") && !isZipkinV1(head);
}

function decoder(sink: SpanSink): Decoder {
  const cursor = new JsonCursor();
  const span = new ZipkinJsonSpan(cursor, sink);
  const read = (): void => span.read();
  const item: JsonShape = {
    kind: "choice",
    pick: (byte) => (byte === Token.array ? arrayOf(item) : byte === Token.object ? read : undefined),
  };
  return new JsonDocuments(cursor, sink, item);
}
