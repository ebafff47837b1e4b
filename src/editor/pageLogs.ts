import type { SpanPlace } from "../model/hotspot.ts";
import type { LogRecord } from "../model/logRecord.ts";
import { rowOfSpan } from "../model/spanId.ts";
import type { Trace } from "../model/trace.ts";
import type { PageLog } from "../wire/protocol.ts";

/** What of a record crosses to the page: longer texts are cut, with a mark. */
const bodySent = 4096;
const valueSent = 1024;
const attributesSent = 100;

/** Log records as the page shows them. */
export function pageLogs(trace: Trace, logs: readonly LogRecord[]): PageLog[] {
  const rows = new Map<string, number>();
  return logs.map((log) => {
    let row = rows.get(log.spanId);
    if (row === undefined) {
      row = log.spanId === "" ? -1 : rowOfSpan(trace, log.spanId);
      rows.set(log.spanId, row);
    }
    return {
      time: log.time,
      severity: log.severity,
      severityText: cut(log.severityText, 40),
      body: cut(log.body, bodySent),
      service: cut(log.service, 200),
      scope: cut(log.scope, 200),
      row,
      attributes: log.attributes
        .slice(0, attributesSent)
        .map(([key, value]) => [cut(key, 400), cut(value, valueSent)] as const),
      place: textOf(log, fileKeys) !== "" || textOf(log, functionKeys) !== "",
    };
  });
}

/** Why a trace has no log records, "" when it has some; a source that does not keep any gives none, not even an empty list. */
export function whyNoLogs(logs: readonly LogRecord[] | undefined, from: string): string {
  if (logs === undefined) return `${cut(from, 100)} gives traces without their logs.`;
  return logs.length === 0 ? "This trace has no logs." : "";
}

/** Where in the code a record says it was written. */
export function logPlace(log: LogRecord): SpanPlace {
  const line = Number(textOf(log, ["code.line.number", "code.lineno"]));
  return {
    service: log.service,
    language: "",
    name: "",
    file: textOf(log, fileKeys),
    line: Number.isInteger(line) && line > 0 ? line : 0,
    column: 0,
    function: textOf(log, functionKeys),
    route: "",
  };
}

const fileKeys = ["code.file.path", "code.filepath"];
const functionKeys = ["code.function.name", "code.function"];

function textOf(log: LogRecord, keys: readonly string[]): string {
  return keys.map((key) => log.attributes.find(([name]) => name === key)?.[1]).find((value) => value) ?? "";
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
