import type { Frame } from "./frame.ts";
import { readText } from "./textFile.ts";

const mostBytes = 4 * 1024 * 1024;

/**
 * Whether what runs can be taken for the text of its file, so that lines are those of the file. JavaScript is; of other files,
 * such as TypeScript, Node runs the text with the types blanked out, and a loader some other text. Then the frame's offset in
 * what runs is held against the offset of its line and column in the file.
 */
export function runsUnchanged(frame: Frame, path: string): boolean {
  if (/\.[cm]?js$/i.test(path)) return true;
  const text = readText(path, mostBytes);
  const offset = frame.getPosition?.();
  if (text === undefined || offset === undefined) return false;
  const start = lineStart(text.replace(/^\uFEFF/, ""), frame.getLineNumber() ?? 0);
  return start >= 0 && start + (frame.getColumnNumber() ?? 0) - 1 === offset;
}

/** The offset of a line, from 1; -1 when there are fewer. */
function lineStart(text: string, line: number): number {
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  for (let passed = 1; passed < line; passed++) if (ends.exec(text) === null) return -1;
  return ends.lastIndex;
}
