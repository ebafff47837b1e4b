import { JsonKeys } from "./jsonKeys.ts";

/** How a field's value is written: "id" is bytes that JSON writes as hex, "message" is another OtlpMessage. */
export type OtlpKind =
  | "string"
  | "bytes"
  | "id"
  | "bool"
  | "int64"
  | "double"
  | "uint32"
  | "enum"
  | "fixed32"
  | "fixed64"
  | "message";

export interface OtlpField {
  /** Protobuf's tag: the field number and the wire type. */
  readonly tag: number;
  /** Another tag that old writers use for the same field. */
  readonly oldTag?: number;
  /** The JSON name, lowerCamelCase. */
  readonly name: string;
  readonly kind: OtlpKind;
  readonly repeated: boolean;
  /** Of what the field is, when it is a message. */
  readonly message?: OtlpMessage;
  /** An enum's names by number, without their prefix; "" for none. */
  readonly names?: readonly string[];
  /** How many of a repeated field are kept, and the tag of the count of those that were not. */
  readonly most?: number;
  readonly dropped?: number;
  /** It is the list of the records, or of what stands around them. */
  readonly carries?: true;
}

/** One message of OTLP, as protobuf and JSON write it. Source: opentelemetry-proto v1.11.0. */
export interface OtlpMessage {
  readonly fields: readonly OtlpField[];
  /** JSON names of the fields, each at its index in `fields` plus 1. */
  readonly keys: JsonKeys;
}

/** Most attributes, events and links of a span that a receiver keeps. */
export const mostKept = { attributes: 1_000, events: 2_000, links: 1_000 } as const;

type Spec = readonly [number: number, names: string, kind: OtlpKind, more?: Partial<OtlpField>];

const wireTypes: Readonly<Record<OtlpKind, number>> = {
  string: 2,
  bytes: 2,
  id: 2,
  message: 2,
  bool: 0,
  int64: 0,
  uint32: 0,
  enum: 0,
  double: 1,
  fixed64: 1,
  fixed32: 5,
};

/** A message whose fields `add` sets: messages of values hold each other. */
function message(): { readonly of: OtlpMessage; add(...specs: Spec[]): OtlpMessage } {
  const of = { fields: [] as OtlpField[], keys: new JsonKeys([""]) };
  return {
    of,
    add: (...specs) => {
      of.fields = specs.map(([number, names, kind, more]) => ({
        tag: number * 8 + wireTypes[kind],
        name: names.split(" ")[0],
        kind,
        repeated: false,
        ...more,
      }));
      of.keys = new JsonKeys(["", ...specs.map(([, names]) => spellings(names))]);
      return of;
    },
  };
}

/** Each name as given, and in snake_case as the Collector reads it too. */
function spellings(names: string): string {
  const list = names.split(" ").flatMap((name) => {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return snake === name ? [name] : [name, snake];
  });
  return list.join(" ");
}

const many = (of: OtlpMessage, more: Partial<OtlpField> = {}): Partial<OtlpField> => ({
  message: of,
  repeated: true,
  ...more,
});
/** A list that is, or leads to, that of the records. */
const carrying = (of: OtlpMessage, more: Partial<OtlpField> = {}): Partial<OtlpField> =>
  many(of, { ...more, carries: true });
const attributes = (number: number, dropped: number): Spec => [
  number,
  "attributes",
  "message",
  many(keyValue.of, { most: mostKept.attributes, dropped: dropped * 8 }),
];
const droppedAttributes = (number: number): Spec => [number, "droppedAttributesCount", "uint32"];

const keyValue = message();
const any = message();
const list = message();
const map = message();

export const arrayValue = list.add([1, "values", "message", many(any.of)]);
export const keyValueList = map.add([1, "values", "message", many(keyValue.of)]);
export const anyValue = any.add(
  [1, "stringValue", "string"],
  [2, "boolValue", "bool"],
  [3, "intValue", "int64"],
  [4, "doubleValue", "double"],
  [5, "arrayValue", "message", { message: arrayValue }],
  [6, "kvlistValue", "message", { message: keyValueList }],
  [7, "bytesValue", "bytes"],
);
keyValue.add([1, "key", "string"], [2, "value", "message", { message: anyValue }]);

const entityRef = message().add(
  [1, "schemaUrl", "string"],
  [2, "type", "string"],
  [3, "idKeys", "string", { repeated: true }],
  [4, "descriptionKeys", "string", { repeated: true }],
);
export const resource = message().add(attributes(1, 2), droppedAttributes(2), [
  3,
  "entityRefs",
  "message",
  many(entityRef),
]);
export const scope = message().add(
  [1, "name", "string"],
  [2, "version", "string"],
  attributes(3, 4),
  droppedAttributes(4),
);

const event = message().add(
  [1, "timeUnixNano", "fixed64"],
  [2, "name", "string"],
  attributes(3, 4),
  droppedAttributes(4),
);
const link = message().add(
  [1, "traceId", "id"],
  [2, "spanId", "id"],
  [3, "traceState", "string"],
  attributes(4, 5),
  droppedAttributes(5),
  [6, "flags", "fixed32"],
);
const status = message().add(
  [2, "message", "string"],
  [3, "code", "enum", { names: ["UNSET", "OK", "ERROR"] }],
);
const kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

export const span = message().add(
  [1, "traceId", "id"],
  [2, "spanId", "id"],
  [3, "traceState", "string"],
  [4, "parentSpanId", "id"],
  [16, "flags", "fixed32"],
  [5, "name", "string"],
  [6, "kind", "enum", { names: kinds }],
  [7, "startTimeUnixNano", "fixed64"],
  [8, "endTimeUnixNano", "fixed64"],
  attributes(9, 10),
  droppedAttributes(10),
  [11, "events", "message", many(event, { most: mostKept.events, dropped: 0x60 })],
  [12, "droppedEventsCount", "uint32"],
  [13, "links", "message", many(link, { most: mostKept.links, dropped: 0x70 })],
  [14, "droppedLinksCount", "uint32"],
  [15, "status", "message", { message: status }],
);

const severities = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((name) => [
  name,
  `${name}2`,
  `${name}3`,
  `${name}4`,
]);
export const logRecord = message().add(
  [1, "timeUnixNano", "fixed64"],
  [11, "observedTimeUnixNano", "fixed64"],
  [2, "severityNumber", "enum", { names: ["UNSPECIFIED", ...severities] }],
  [3, "severityText", "string"],
  [5, "body", "message", { message: anyValue }],
  attributes(6, 7),
  droppedAttributes(7),
  [8, "flags", "fixed32"],
  [9, "traceId", "id"],
  [10, "spanId", "id"],
  [12, "eventName", "string"],
);

const scopeSpans = message().add(
  [1, "scope instrumentationLibrary", "message", { message: scope }],
  [2, "spans", "message", carrying(span)],
  [3, "schemaUrl", "string"],
);
const scopeLogs = message().add(
  [1, "scope instrumentationLibrary", "message", { message: scope }],
  [2, "logRecords logs", "message", carrying(logRecord)],
  [3, "schemaUrl", "string"],
);

/** TracesData, or ExportTraceServiceRequest, which is the same on the wire. */
export const tracesData = message().add([
  1,
  "resourceSpans batches",
  "message",
  carrying(
    message().add(
      [1, "resource", "message", { message: resource }],
      // 1000 is what writers of OTLP 0.15 to 0.18 used.
      [2, "scopeSpans instrumentationLibrarySpans", "message", carrying(scopeSpans, { oldTag: 8002 })],
      [3, "schemaUrl", "string"],
    ),
  ),
]);

/** LogsData, or ExportLogsServiceRequest. */
export const logsData = message().add([
  1,
  "resourceLogs",
  "message",
  carrying(
    message().add(
      [1, "resource", "message", { message: resource }],
      [2, "scopeLogs instrumentationLibraryLogs", "message", carrying(scopeLogs, { oldTag: 8002 })],
      [3, "schemaUrl", "string"],
    ),
  ),
]);
