import type { Place } from "../place.ts";

/** As many frames as are kept of one stack trace. */
export const maxFrames = 200;

/** A longer line is no frame: what is matched against a line may then take quadratic time and still be quick. */
const maxLineLength = 2000;
const maxLines = 5000;
const maxText = 1_000_000;

/** The lines of a stack trace without their ends: at most 5,000 and 1 MB, those over 2,000 characters left out. */
export function stackLines(stack: string): string[] {
  const lines: string[] = [];
  let from = 0;
  let kept = 0;
  for (let count = 0; count < maxLines && kept < maxText && from <= stack.length; count++) {
    const newline = stack.indexOf("\n", from);
    const end = newline < 0 ? stack.length : newline;
    if (end - from <= maxLineLength) {
      kept += end - from;
      const line = stack.slice(from, end);
      lines.push(line.endsWith("\r") ? line.slice(0, -1) : line);
    }
    from = end + 1;
  }
  return lines;
}

/** Frames of a stack in which each error is followed by its cause, as Java writes it: the last cause's come first. */
export function causesFirst(stack: string, frameOf: (line: string) => Place | undefined): Place[] {
  const errors: Place[][] = [[]];
  const suppressed: Place[][] = [];
  let current = errors[0];
  let suppressedIndent = Number.POSITIVE_INFINITY;
  for (const line of stackLines(stack)) {
    const frame = frameOf(line);
    if (frame !== undefined) {
      current.push(frame);
      continue;
    }
    const text = line.trimStart();
    const indent = line.length - text.length;
    const head = /^(?:Suppressed|Caused by|Wrapped by):/.exec(text)?.[0];
    if (head === undefined) continue;
    current = [];
    if (head === "Suppressed:") suppressedIndent = indent;
    else if (indent < suppressedIndent) suppressedIndent = Number.POSITIVE_INFINITY;
    if (suppressedIndent <= indent) suppressed.push(current);
    else if (head === "Caused by:") errors.unshift(current);
    else errors.push(current);
  }
  return errors.concat(suppressed).flat().slice(0, maxFrames);
}

/** A line or column as text: from 1; 0 when it is not a whole number above 0. */
export function positive(digits: string | undefined): number {
  if (digits === undefined || !/^\d{1,19}$/.test(digits)) return 0;
  return Math.min(Number(digits), 2 ** 31 - 1);
}
