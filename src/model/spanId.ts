import type { Outline, Trace } from "./trace.ts";

/** 16 lower-case hex digits of a span id given as two words. */
export function hexId(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}

/** The span id of a row as a person knows it: its hex digits, or the source's own text. */
export function spanIdOf(trace: Trace, row: number): string {
  const { row: rows, text } = trace.textIds;
  for (let i = 0; i < rows.length; i++) if (rows[i] === row) return trace.texts.at(text[i]);
  return hexId(trace.spanId[2 * row], trace.spanId[2 * row + 1]);
}

/** The first row that has this span id (1 to 16 hex digits), or -1. */
export function rowOfSpan(trace: Outline, id: string): number {
  if (!/^[0-9a-f]{1,16}$/i.test(id)) return -1;
  const digits = id.padStart(16, "0");
  const high = Number.parseInt(digits.slice(0, 8), 16);
  const low = Number.parseInt(digits.slice(8), 16);
  for (let row = 0; row < trace.length; row++) {
    if (trace.spanId[2 * row + 1] === low && trace.spanId[2 * row] === high) return row;
  }
  return -1;
}
