/** One change of a text: what stood from start to end is now a text of `newLines` line breaks. All counts from 1. */
export interface LineEdit {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly newLines: number;
}

/**
 * Where a line is after the edits, which are applied in their order. A line that was removed stays where it was cut out:
 * `isStale` tells that its text is gone.
 */
export function shiftLine(line: number, edits: readonly LineEdit[]): number {
  let at = line;
  for (const { startLine, startColumn, endLine, newLines } of edits) {
    if (at < startLine) continue;
    const keepsTail = startLine < endLine || startColumn <= 1;
    if (at > endLine) at += newLines - (endLine - startLine);
    else if (at === endLine && keepsTail) at = startLine + newLines;
    else at = startLine;
  }
  return Math.max(1, at);
}

/** Whether a line says something else than when it was looked at last; white space does not count. */
export function isStale(savedText: string, nowText: string): boolean {
  return savedText.replace(/\s+/g, "") !== nowText.replace(/\s+/g, "");
}

/** Where a line is after edits, and whether its own text was among what they changed. */
export interface FollowedLine {
  readonly line: number;
  readonly isTouched: boolean;
}

/** As `shiftLine`, and undefined for a line that was removed, or replaced with others as one: where it is nobody can tell. */
export function followLine(line: number, edits: readonly LineEdit[]): FollowedLine | undefined {
  let at = line;
  let isTouched = false;
  for (const edit of edits) {
    const { startLine, startColumn, endLine, endColumn, newLines } = edit;
    if (startLine <= at && at <= endLine) {
      const isManyLines = startLine < endLine;
      const isBefore = at === endLine && startColumn <= 1 && endColumn <= 1 && (isManyLines || newLines > 0);
      if (!isBefore) {
        const keepsHead = at === startLine && startColumn > 1;
        if (isManyLines && (newLines > 0 || (at < endLine && !keepsHead))) return undefined;
        isTouched = true;
      }
    }
    at = shiftLine(at, [edit]);
  }
  return { line: at, isTouched };
}
