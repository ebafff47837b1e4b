import type { Attributes } from "../model/attributes.ts";
import type { StringTable } from "../model/stringTable.ts";
import type { Trace } from "../model/trace.ts";

/** Attribute keys that say something of a span's code, and nothing else. */
export const codeKeys = [
  "code.file.path",
  "code.filepath",
  "code.line.number",
  "code.lineno",
  "code.column.number",
  "code.column",
  "code.function.name",
  "code.function",
  "code.namespace",
  "code.module.name",
  "code.stacktrace",
  "exception.stacktrace",
  "error.stack",
  "nestjs.controller",
  "nestjs.callback",
  "phoenix.plug",
  "phoenix.action",
  "class",
  "method",
  "celery.task_name",
  "messaging.sidekiq.job_class",
  "express.name",
  "express.type",
  "koa.name",
  "koa.type",
  "rpc.service",
  "rpc.method",
  "http.route",
  "next.route",
  "url.template",
] as const;
export type CodeKey = (typeof codeKeys)[number];

const known: ReadonlySet<string> = new Set(codeKeys);

/** Datadog's code origin: `_dd.code_origin.frames.0.file`, with 0 the innermost of at most 8. */
export const originPrefix = "_dd.code_origin.frames.";

/** What one span says of its code, by key; the first of a repeated key counts, and empty values do not. */
export function spanCode(trace: Trace, row: number): ReadonlyMap<string, string> {
  return codeAttributes(trace.attributes, row, trace.labels, trace.texts);
}

export function codeAttributes(
  attributes: Attributes,
  owner: number,
  labels: StringTable,
  texts: StringTable,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let i = attributes.offset[owner]; i < attributes.offset[owner + 1]; i++) {
    const key = labels.at(attributes.key[i]);
    if ((!known.has(key) && !key.startsWith(originPrefix)) || found.has(key)) continue;
    const value = texts.at(attributes.value[i]);
    if (value !== "") found.set(key, value);
  }
  return found;
}

/** For each label whether it is a key that names code better than a span's name does. */
export function codeLabels(labels: StringTable): Uint8Array {
  const is = new Uint8Array(labels.length);
  for (const key of codeKeys) {
    const index = labels.find(key);
    if (index >= 0 && !weakKeys.has(key)) is[index] = 1;
  }
  const origin = labels.find(`${originPrefix}0.file`);
  if (origin >= 0) is[origin] = 1;
  return is;
}

/** Keys that name nothing without another. */
const weakKeys: ReadonlySet<string> = new Set<CodeKey>([
  "code.line.number",
  "code.lineno",
  "code.column.number",
  "code.column",
  "express.type",
  "koa.type",
  "class",
  "method",
]);

/** A line or column as telemetry writes it, number or text: from 1; 0 for none, and for what is no such number. */
export function numberOf(text: string | undefined): number {
  if (text === undefined || !/^\s*\d{1,20}(?:\.0+|e\+?\d{1,2})?\s*$/i.test(text)) return 0;
  return Math.min(Math.trunc(Number(text)), 2 ** 31 - 1);
}
