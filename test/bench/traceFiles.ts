import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Form, generateFile } from "./generate.ts";

/** The inputs that are measured: what the generator calls them, and the end of their files' names. */
export const inputs = {
  proto: { form: "proto", title: "OTLP protobuf", end: "otlp.pb" },
  json: { form: "jaeger", title: "Jaeger JSON", end: "jaeger.json" },
} as const satisfies Record<string, { form: Form; title: string; end: string }>;
export type Input = keyof typeof inputs;

/** A file with a generated trace; the same one every time. */
export interface TraceFile {
  readonly path: string;
  readonly spans: number;
  readonly input: Input;
  readonly bytes: number;
}

const folder = join(import.meta.dirname, "..", "..", ".cache", "bench");

/** The trace of `spans` spans, written when it is not there yet. */
export function traceFile(spans: number, input: Input): TraceFile {
  const { form, end } = inputs[input];
  const path = join(folder, `${spans}.${end}`);
  if (!existsSync(path)) generateFile(spans, form, path);
  return { path, spans, input, bytes: statSync(path).size };
}
