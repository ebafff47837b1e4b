// Decodes one file as the extension does, in a process of its own: node test/bench/measureDecode.ts <file> <warm-up file> <bundle>
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { detailParts, packOutline, partSize } from "../../src/wire/pack.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { type TraceFile, traceFile } from "./traceFiles.ts";

/** What decoding cost. */
export interface DecodeFigures {
  /** ms from the call to the trace, in a thread that is warm. */
  readonly ms: number;
  /** MB of the packed columns. */
  readonly columns: number;
  /** MB that the process grew by at its largest. */
  readonly peak: number;
}

/** Decodes a file in a new process, so that its peak of memory is its own. */
export async function measureDecode(file: TraceFile, dist: string): Promise<DecodeFigures> {
  const self = fileURLToPath(import.meta.url);
  const warmUp = traceFile(1000, file.input);
  const { stdout } = await promisify(execFile)(process.execPath, [self, file.path, warmUp.path, dist]);
  return JSON.parse(stdout) as DecodeFigures;
}

async function decodeOnce(path: string, warmUp: string, dist: string): Promise<DecodeFigures> {
  const decoder = createDecoder(join(dist, "decode.cjs"));
  const request = { traceId: "", want: "trace", label: "bench" } as const;
  await (await decoder.decodeFile(warmUp, request, new AbortController().signal)).hotspots;
  const before = process.memoryUsage.rss();
  let largest = before;
  // This thread has nothing else to do; what a process is told of its largest size counts that of its parent too.
  const watch = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss());
  }, 2);
  const began = performance.now();
  const { trace, hotspots } = await decoder.decodeFile(path, request, new AbortController().signal);
  const ms = performance.now() - began;
  await hotspots;
  clearInterval(watch);
  const peak = (largest - before) / 2 ** 20;
  decoder.dispose();
  if (trace === undefined) throw new Error(`${path} holds no trace.`);
  const { parts, part } = detailParts(trace);
  const columns = packOutline(trace).byteLength + (parts - 1) * partSize + part(parts - 1).byteLength;
  return { ms, columns: columns / 2 ** 20, peak };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, warmUp, dist] = process.argv.slice(2);
  console.log(JSON.stringify(await decodeOnce(path, warmUp, dist)));
}
