// Writes a generated trace to a file: node test/bench/generate.ts 200000 proto .cache/bench/200k.pb
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { jaegerTrace, otlpJsonTrace } from "./generateJson.ts";
import { protobufTrace } from "./generateProtobuf.ts";

/** The forms a generated trace can be written in, by the name the command line gives. */
export const forms = { proto: protobufTrace, otlp: otlpJsonTrace, jaeger: jaegerTrace } as const;
export type Form = keyof typeof forms;

/** Writes a trace of `count` spans to `file` and returns its size in bytes. */
export function generateFile(count: number, form: Form, file: string, seed = 1): number {
  mkdirSync(dirname(file), { recursive: true });
  const target = openSync(file, "w");
  let size = 0;
  for (const chunk of forms[form](count, seed)) size += writeSync(target, chunk);
  closeSync(target);
  return size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count, form, file] = process.argv.slice(2);
  if (!(form in forms) || !(Number(count) > 0) || file === undefined) {
    console.error(`usage: node test/bench/generate.ts <spans> <${Object.keys(forms).join("|")}> <file>`);
    process.exit(2);
  }
  const began = performance.now();
  const size = generateFile(Number(count), form as Form, file);
  const perSpan = Math.round(size / Number(count));
  console.log(`${file}: ${size} bytes, ${perSpan} a span, ${Math.round(performance.now() - began)} ms`);
}
