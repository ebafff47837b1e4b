import { UserError } from "../base/userError.ts";
import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder, Format, Head } from "./format.ts";
import { JsonCursor } from "./jsonCursor.ts";
import { JsonDocuments } from "./jsonDocuments.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { arrayOf, type JsonShape, type ObjectShape } from "./jsonShape.ts";
import { OtlpJsonAttributes } from "./otlpJsonAttributes.ts";
import { OtlpJsonOwners } from "./otlpJsonOwners.ts";
import { OtlpJsonSpan } from "./otlpJsonSpan.ts";

/**
 * OTLP in JSON: what exporters send, what the Collector's file exporter writes (JSON Lines, logs and metrics among them), and
 * the answers of Tempo (`batches`, `{"trace": …}`; base64 ids, enum names) and of Jaeger's v3 API (`{"result": …}`).
 * Sources: OTLP specification, "JSON Protobuf Encoding"; opentelemetry-proto v1.11.
 */
export const otlpJson: Format = {
  name: "OTLP JSON",
  accepts,
  decoder,
};

const roots = ["resourceSpans", "resource_spans", "batches"];
const others = ["resourceLogs", "resource_logs", "resourceMetrics", "resource_metrics"];

function accepts({ json }: Head): boolean {
  if (json === undefined || json.keys.length === 0) return false;
  const [outer, inner] = json.keys;
  const has = (keys: ReadonlySet<string> | undefined, names: readonly string[]): boolean =>
    keys !== undefined && names.some((name) => keys.has(name));
  if (has(outer, roots) || has(outer, others)) return true;
  if (outer.has("traces")) return has(inner, ["rootServiceName", "rootTraceName", "spanSet", "spanSets"]);
  return outer.has("trace") || (outer.has("result") && has(inner, roots));
}

const documentKeys = new JsonKeys([
  "",
  "resourceSpans resource_spans batches",
  "trace result",
  "resourceLogs resource_logs",
  "resourceMetrics resource_metrics",
  "traces",
  "status",
  "message",
]);
const resourceSpansKeys = new JsonKeys([
  "",
  "resource",
  "scopeSpans scope_spans instrumentationLibrarySpans instrumentation_library_spans",
]);
const scopeSpansKeys = new JsonKeys(["", "scope instrumentationLibrary instrumentation_library", "spans"]);
const resourceLogsKeys = new JsonKeys(["", "scopeLogs scope_logs instrumentationLibraryLogs"]);
const scopeLogsKeys = new JsonKeys(["", "logRecords log_records logs"]);
const resourceMetricsKeys = new JsonKeys(["", "scopeMetrics scope_metrics instrumentationLibraryMetrics"]);
const scopeMetricsKeys = new JsonKeys(["", "metrics"]);

function decoder(sink: SpanSink): Decoder {
  const cursor = new JsonCursor();
  const attributes = new OtlpJsonAttributes(cursor, sink.labels, sink.texts);
  const owners = new OtlpJsonOwners(cursor, sink, attributes);
  const reader = new OtlpJsonSpan(cursor, sink, attributes);
  let resource = 0;
  let scope = 0;
  let partial = false;

  const scopeSpans: ObjectShape = {
    kind: "object",
    keys: scopeSpansKeys,
    begin: () => {
      scope = sink.addScope();
    },
    members: [undefined, () => owners.scope(scope), arrayOf(() => reader.span(resource, scope))],
  };
  const resourceSpans: ObjectShape = {
    kind: "object",
    keys: resourceSpansKeys,
    begin: () => {
      resource = sink.addResource();
    },
    members: [undefined, () => owners.resource(resource), arrayOf(scopeSpans)],
  };
  const counted = (note: string, outer: JsonKeys, inner: JsonKeys): JsonShape => {
    const record = (): void => {
      cursor.skip();
      sink.note(note);
    };
    return arrayOf(object(outer, arrayOf(object(inner, arrayOf(record)))));
  };
  const members: JsonShape[] = [];
  const document: ObjectShape = {
    kind: "object",
    keys: documentKeys,
    begin: () => {
      partial = false;
    },
    members,
  };
  const root: JsonShape = { kind: "choice", pick: (byte) => (byte === 91 ? arrayOf(root) : document) };
  members.push(
    undefined,
    arrayOf(resourceSpans),
    document,
    counted("log records were skipped", resourceLogsKeys, scopeLogsKeys),
    counted("metrics were skipped", resourceMetricsKeys, scopeMetricsKeys),
    () => {
      throw new UserError("This is a Tempo search answer: it lists traces but has no spans.");
    },
    () => {
      cursor.any();
      partial = cursor.is("PARTIAL");
    },
    () => {
      cursor.any();
      if (partial) sink.note(`Tempo sent only part of the trace: ${cursor.text()}`);
    },
  );
  return new JsonDocuments(cursor, sink, root);
}

function object(keys: JsonKeys, ...members: JsonShape[]): ObjectShape {
  return { kind: "object", keys, members: [undefined, ...members] };
}
