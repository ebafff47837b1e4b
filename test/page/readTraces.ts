import { createDecoding } from "../../src/formats/decoding.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import type { Trace } from "../../src/model/trace.ts";

/** The traces of a file, as the editor reads them. */
export function readTraces(bytes: Uint8Array): Trace[] {
  const decoding = createDecoding("a file");
  decoding.write(bytes);
  const { sink } = decoding.end();
  return sink.traceIds.map((_, trace) => buildTrace(sink, trace));
}
