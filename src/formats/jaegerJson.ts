import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder, Format, Head } from "./format.ts";
import { JaegerJsonProcesses } from "./jaegerJsonProcesses.ts";
import { JaegerJsonSpan } from "./jaegerJsonSpan.ts";
import { JaegerJsonTags } from "./jaegerJsonTags.ts";
import { JsonCursor, Token } from "./jsonCursor.ts";
import { JsonDocuments } from "./jsonDocuments.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { arrayOf, type JsonShape, type ObjectShape } from "./jsonShape.ts";

/**
 * Jaeger's JSON: the answers of its internal API and what its UI saves (`{"data": […]}`), a single trace, a list of either,
 * and bare spans as its stores keep them. OpenTelemetry's mapping into tags is undone.
 * Source: jaegertracing/jaeger, `internal/uimodel`.
 */
export const jaegerJson: Format = {
  name: "Jaeger JSON",
  accepts,
  decoder,
};

function accepts({ json }: Head): boolean {
  if (json === undefined || json.keys.length === 0) return false;
  const [outer, inner] = json.keys;
  const has = (keys: ReadonlySet<string> | undefined, ...names: string[]): boolean =>
    keys !== undefined && names.some((name) => keys.has(name));
  if (outer.has("data")) {
    return has(inner, "spans", "traceID", "processes") || (inner?.size ?? 0) === 0 || has(outer, "errors");
  }
  if (outer.has("spans")) return has(outer, "processes", "traceID") || has(inner, "operationName");
  return has(outer, "traceID", "traceId") && has(outer, "spanID", "operationName");
}

const answerKeys = new JsonKeys(["", "data", "errors"]);
const traceKeys = new JsonKeys(["", "traceID traceId", "spans", "processes", "warnings"]);
const errorKeys = new JsonKeys(["", "msg"]);
/** The names that tell an answer (1), a trace (2) and a span (3) apart. */
const tellingKeys = new JsonKeys(["", "data errors total", "spans processes", "spanID spanId operationName"]);

function decoder(sink: SpanSink): Decoder {
  const cursor = new JsonCursor();
  const tags = new JaegerJsonTags(cursor, sink);
  const processes = new JaegerJsonProcesses(cursor, sink, tags);
  const span = new JaegerJsonSpan(cursor, sink, tags, processes);
  const traceId = new JsonId();
  const none = new JsonId();

  const trace: ObjectShape = {
    kind: "object",
    keys: traceKeys,
    begin: () => {
      traceId.clear();
      processes.beginTrace();
    },
    members: [
      undefined,
      () => traceId.read(cursor),
      arrayOf(() => span.read(traceId)),
      () => processes.all(),
      arrayOf(() => {
        cursor.any();
        if (cursor.to > cursor.from) sink.note(cursor.text());
      }),
    ],
  };
  const error = (): void => {
    if (!cursor.object()) return;
    let message = "";
    for (let field = cursor.member(errorKeys); field >= 0; field = cursor.member(errorKeys)) {
      cursor.any();
      if (field === 1) message = cursor.text();
    }
    if (message !== "") sink.note(`Jaeger reports: ${message}`);
  };
  const one = (): void => span.read(none);
  /** Reads ahead to the first name that tells what the object is, which is one of its first. */
  const objectShape = (): JsonShape => {
    const { at } = cursor;
    let told = 0;
    cursor.open();
    for (let field = 0; told === 0 && field >= 0; ) {
      field = cursor.member(tellingKeys);
      if (field > 0) told = field;
      else if (field === 0) cursor.skip();
    }
    cursor.at = at;
    return told === 1 ? answer : told === 3 ? one : trace;
  };
  const item: JsonShape = {
    kind: "choice",
    pick: (byte) =>
      byte === Token.array ? arrayOf(item) : byte === Token.object ? objectShape() : undefined,
  };
  const answer: ObjectShape = {
    kind: "object",
    keys: answerKeys,
    members: [undefined, item, arrayOf(error)],
  };
  return new JsonDocuments(cursor, sink, item);
}
