import type { SpanPlace } from "./hotspot.ts";
import type { StringTable } from "./stringTable.ts";
import type { Trace } from "./trace.ts";

/** What a span says of its code, in either generation of attribute names; nothing is checked, parts may be "" or 0. */
export function placeOf(trace: Trace, row: number): SpanPlace {
  const reader = placeReader(trace);
  reader.read(row);
  return reader.place();
}

/**
 * Attributes that name code, the preferred first: the present names, those before semantic conventions 1.30, and Datadog's
 * code origin.
 */
const sources = {
  file: ["code.file.path", "code.filepath", "_dd.code_origin.frames.0.file"],
  line: ["code.line.number", "code.lineno", "_dd.code_origin.frames.0.line"],
  column: ["code.column.number", "code.column", "_dd.code_origin.frames.0.column"],
  qualified: ["code.function.name"],
  namespace: ["code.namespace", "code.module.name", "_dd.code_origin.frames.0.type"],
  method: ["code.function", "_dd.code_origin.frames.0.method"],
  route: ["http.route", "next.route"],
  rpcService: ["rpc.service"],
  rpcMethod: ["rpc.method"],
  controller: ["nestjs.controller", "phoenix.plug"],
  action: ["nestjs.callback", "phoenix.action"],
} as const;
type Field = keyof typeof sources;
const fields = Object.keys(sources) as Field[];
const columnField = fields.indexOf("column");
const most = 4;

/** Reads the places of many rows of one trace; strings are made only by `place`. */
export interface PlaceReader {
  read(row: number): void;
  /** Equal for rows that say the same of their code, within the trace; it says less than the place, and costs less. */
  key(): string;
  place(): SpanPlace;
}

/** What is read of a trace for the places of its rows. */
export type PlacedRows = Pick<
  Trace,
  "labels" | "texts" | "attributes" | "name" | "service" | "services" | "resource" | "resourceAttributes"
>;

export function placeReader(trace: PlacedRows): PlaceReader {
  const { labels, texts, attributes } = trace;
  // For each label: 1 + field * most + rank when it is a key of the above.
  const slotOf = new Uint8Array(labels.length);
  fields.forEach((field, f) => {
    sources[field].forEach((key, rank) => {
      const label = labels.find(key);
      if (label >= 0) slotOf[label] = 1 + f * most + rank;
    });
  });
  const languageKey = labels.find("telemetry.sdk.language");
  const values = new Int32Array(fields.length);
  const ranks = new Uint8Array(fields.length);
  let current = 0;

  const said = (field: Field) => {
    const text = values[fields.indexOf(field)];
    return text < 0 ? "" : texts.at(text);
  };

  function read(row: number): void {
    current = row;
    values.fill(-1);
    ranks.fill(most);
    for (let i = attributes.offset[row]; i < attributes.offset[row + 1]; i++) {
      const slot = slotOf[attributes.key[i]];
      if (slot === 0) continue;
      const field = Math.floor((slot - 1) / most);
      const rank = (slot - 1) % most;
      if (rank >= ranks[field] || isEmpty(texts, attributes.value[i])) continue;
      ranks[field] = rank;
      values[field] = attributes.value[i];
    }
  }

  function key(): string {
    let text = `${trace.service[current]},${trace.name[current]}`;
    for (let f = 0; f < fields.length; f++)
      if (values[f] >= 0 && f !== columnField) text += `,${f}:${values[f]}`;
    return text;
  }

  function language(): string {
    const { offset, key, value } = trace.resourceAttributes;
    const owner = trace.resource[current];
    for (let i = offset[owner]; i < offset[owner + 1]; i++)
      if (key[i] === languageKey) return texts.at(value[i]);
    return "";
  }

  function place(): SpanPlace {
    const spoken = language();
    return {
      service: labels.at(trace.services[trace.service[current]]),
      language: spoken,
      name: labels.at(trace.name[current]),
      file: said("file"),
      line: wholeNumber(said("line")),
      column: wholeNumber(said("column")),
      function: said("qualified") || qualified(said("namespace"), said("method"), spoken),
      route:
        said("route") ||
        joined(said("rpcService"), said("rpcMethod"), "/") ||
        joined(said("controller"), said("action"), "."),
    };
  }

  return { read, key, place };
}

/** A positive whole number that may have come as text; 0 for anything else. */
function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
}

/** A method with its namespace in the form the language's own stack traces have; the bare method has no place in code. */
function qualified(namespace: string, method: string, language: string): string {
  if (method === "" || namespace === "") return method;
  const sign = language === "php" || language === "rust" ? "::" : language === "ruby" ? "#" : ".";
  return method.startsWith(namespace + sign) ? method : namespace + sign + method;
}

/** `service/Method`, for both generations: newer ones say all of it in the second part. */
function joined(first: string, second: string, sign: string): string {
  if (first === "" || second === "") return second.includes(sign) ? second : "";
  return second.includes(sign) ? second : first + sign + second;
}

function isEmpty(texts: StringTable, index: number): boolean {
  return texts.byteLength(index) === 0;
}
