import fs from "node:fs";

// Taken before the program runs: an instrumentation of `fs` that comes later would make spans of what is read here.
const { closeSync, openSync, readSync, statSync } = fs;

/** Whether a path leads to a regular file; never throws. */
export function isFile(path: string): boolean {
  return sizeOf(path) >= 0;
}

/** The text of a regular file of at most so many bytes; undefined for any other, and where it cannot be read. */
export function readText(path: string, mostBytes: number): string | undefined {
  const size = sizeOf(path);
  return size >= 0 && size <= mostBytes ? readFrom(path, 0, size) : undefined;
}

/** The last bytes of a regular file as text, the first character of which may be cut. */
export function readTail(path: string, bytes: number): string | undefined {
  const size = sizeOf(path);
  return size >= 0 ? readFrom(path, Math.max(0, size - bytes), Math.min(size, bytes)) : undefined;
}

/** In bytes; -1 for what is no regular file: to open a pipe would wait for its writer. */
function sizeOf(path: string): number {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true ? found.size : -1;
  } catch {
    return -1;
  }
}

function readFrom(path: string, start: number, length: number): string | undefined {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, length, start));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
