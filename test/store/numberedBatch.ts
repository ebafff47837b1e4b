import type { ReceivedBatch } from "../../src/backends/local/parts.ts";
import { spanId, spansPart } from "../unit/backends/local/store/otlpParts.ts";

/** Trace id number `number` of the sender `name`: one letter. */
export function numberedTrace(name: string, number: number): string {
  return name.charCodeAt(0).toString(16) + number.toString(16).padStart(30, "0");
}

/** Three spans of a trace of its own, and one of a trace that each tenth batch adds to: none or all of it are to be kept. */
export function numberedBatch(name: string, number: number): ReceivedBatch {
  const root = {
    id: spanId(1),
    name: `number ${number}`,
    attributes: { number, filler: "z".repeat(number % 700) },
  };
  const children = [2, 3].map((i) => ({ id: spanId(i), parent: spanId(1) }));
  const shared = { id: spanId(1000 + number), name: "shared" };
  return {
    traces: [
      spansPart(numberedTrace(name, number), [root, ...children]),
      spansPart(numberedTrace(name.toUpperCase(), Math.floor(number / 10)), [shared]),
    ],
    logs: [],
  };
}
