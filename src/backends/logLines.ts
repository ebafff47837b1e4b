import { type LogPieces, mostPiece } from "./logPieces.ts";

/** A first line that is longer is a whole document. */
const mostFirst = 1000;

/** Cuts OTLP JSON into its lines; what is written over many lines is one document, and comes once more as a whole. */
export class LogLines {
  readonly #pieces: LogPieces;
  /** The line so far; undefined while one is passed over that is too long. */
  #line: Buffer[] | undefined = [];
  #length = 0;
  /** All so far, as long as it may be one document. */
  #document: Buffer[] | undefined = [];
  #read = 0;
  #isFirst = true;

  constructor(pieces: LogPieces) {
    this.#pieces = pieces;
  }

  write(chunk: Buffer): void {
    this.#collect(chunk);
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      this.#take(chunk.subarray(from, to));
      from = to + 1;
    }
    if (from === chunk.length) return;
    this.#length += chunk.length - from;
    if (this.#length > mostPiece && this.#line !== undefined) {
      if (hasLogs(Buffer.concat(this.#line.slice(0, 2)))) this.#pieces.tooLong("lines");
      this.#line = undefined;
      this.#isNotDocument();
    }
    this.#line?.push(chunk.subarray(from));
  }

  end(): void {
    if (this.#length > 0) this.#take(Buffer.alloc(0));
    if (this.#document !== undefined) this.#pieces.json(Buffer.concat(this.#document));
  }

  #take(end: Buffer): void {
    const line =
      this.#line === undefined
        ? undefined
        : this.#line.length === 0
          ? end
          : Buffer.concat([...this.#line, end]);
    this.#line = [];
    this.#length = 0;
    if (line === undefined) return;
    if (this.#isFirst && !beginsDocument(line)) this.#isNotDocument();
    this.#isFirst = false;
    this.#pieces.json(line);
  }

  #collect(chunk: Buffer): void {
    if (this.#document === undefined) return;
    this.#read += chunk.length;
    if (this.#read <= mostPiece) this.#document.push(chunk);
    else {
      if (!this.#isFirst) this.#pieces.tooLong("lines");
      this.#isNotDocument();
    }
  }

  #isNotDocument(): void {
    this.#document = undefined;
  }
}

/** Whether a document goes on behind its first line. */
function beginsDocument(line: Buffer): boolean {
  if (line.length > mostFirst) return false;
  const text = line.toString().trim();
  return text.startsWith("{") && !text.endsWith("}");
}

/** Whether a line of OTLP JSON has log records. */
export function hasLogs(line: Buffer): boolean {
  return line.includes('"resourceLogs"') || line.includes('"resource_logs"');
}
