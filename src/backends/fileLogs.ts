import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "../base/userError.ts";
import { mostRecords, readLogs } from "../formats/otlpLogs.ts";
import { logsFromJson } from "../formats/otlpWriteProtobuf.ts";
import { countText } from "../model/countText.ts";
import type { LogRecord } from "../model/logRecord.ts";
import type { Trace } from "../model/trace.ts";
import { logsPath } from "./logsPath.ts";

/** How much is read at a time. */
const readSize = 1 << 20;
/** A line is read at once, in a thread that others share: one that is longer is left out. */
const mostLine = 8 << 20;

export interface FileLogs {
  /** Sorted by time. */
  readonly records: readonly LogRecord[];
  /** Some of them were among the traces. */
  readonly isWithin: boolean;
  /** What is to be said of the whole. */
  readonly notes: readonly string[];
}

/**
 * The log records of a trace that is read from a file: those of the file beside it that an export makes (`logsPath`) and, with
 * `within`, those among the traces. Both are OTLP JSON in lines, or one document. Nothing that cannot be read is an error.
 */
export async function fileLogs(
  path: string,
  trace: Trace,
  within: boolean,
  signal: AbortSignal,
): Promise<FileLogs> {
  const reading = new LogReading(trace);
  const read = async (from: string): Promise<void> => {
    try {
      if (await isFile(from)) await reading.read(from, signal);
    } catch (error) {
      signal.throwIfAborted();
      reading.failed(from, error);
    }
  };
  if (within) await read(path);
  const isWithin = reading.hasAny;
  await read(logsPath(path));
  return { ...reading.end(), isWithin };
}

/** Those of one trace, of lines that come one after another. */
class LogReading {
  readonly #traceId: string;
  readonly #epoch: bigint;
  /** How the trace's id may be written. */
  readonly #forms: readonly string[];
  /** The first fault of each file. */
  readonly #faults = new Map<string, string>();
  #records: LogRecord[] = [];
  #omitted = 0;
  #tooLong = 0;

  constructor({ traceId, epoch }: Trace) {
    const id = Buffer.from(traceId.padStart(32, "0"), "hex");
    const hex = id.toString("hex");
    this.#traceId = hex;
    this.#epoch = epoch;
    this.#forms = [hex, hex.toUpperCase(), id.toString("base64")];
  }

  async read(path: string, signal: AbortSignal): Promise<void> {
    const file = await open(path, "r");
    try {
      const { first } = await this.#lines(file, path, signal);
      // What is written over many lines is one document.
      if (first.endsWith("}") || !first.startsWith("{")) return;
      const { size } = await file.stat();
      if (size > mostLine) this.#tooLong++;
      else this.#line(await readFile(path, { signal }), path);
    } finally {
      await file.close();
    }
  }

  failed(path: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (!this.#faults.has(path))
      this.#faults.set(path, `Log records in ${basename(path)} could not be read: ${reason}`);
  }

  get hasAny(): boolean {
    return this.#records.length > 0;
  }

  end(): Omit<FileLogs, "isWithin"> {
    this.#keepEarliest();
    const notes = [...this.#faults.values()];
    if (this.#omitted > 0) notes.push(`${countText(this.#omitted, "later log record")} left out.`);
    if (this.#tooLong > 0)
      notes.push(
        `Log records in lines of more than ${mostLine >> 20} MB were left out: ${countText(this.#tooLong)}.`,
      );
    return { records: this.#records, notes };
  }

  /** Reads what lines there are; answers the first, as far as it tells what the file is. */
  async #lines(file: FileHandle, path: string, signal: AbortSignal): Promise<{ readonly first: string }> {
    const chunk = Buffer.allocUnsafeSlow(readSize);
    let first: string | undefined;
    /** The line so far; undefined while one is passed over that is too long. */
    let parts: Buffer[] | undefined = [];
    let length = 0;
    const take = (end: Buffer): void => {
      const line =
        parts === undefined ? undefined : parts.length === 0 ? end : Buffer.concat([...parts, end]);
      if (line !== undefined) {
        first ??= line.length > mostFirst ? "{}" : line.toString().trim();
        this.#line(line, path);
      }
      parts = [];
      length = 0;
    };
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, readSize);
      if (bytesRead === 0) break;
      const read = chunk.subarray(0, bytesRead);
      let from = 0;
      for (let to = read.indexOf(10); to >= 0; to = read.indexOf(10, from)) {
        take(read.subarray(from, to));
        from = to + 1;
      }
      length += bytesRead - from;
      if (length > mostLine && parts !== undefined) {
        if (hasLogs(Buffer.concat(parts.slice(0, 2)))) this.#tooLong++;
        first ??= "{}";
        parts = undefined;
      }
      parts?.push(Buffer.from(read.subarray(from)));
    }
    if (length > 0) take(Buffer.alloc(0));
    return { first: first ?? "" };
  }

  #line(line: Buffer, path: string): void {
    if (!hasLogs(line) || !this.#forms.some((form) => line.includes(form))) return;
    try {
      const { records, omitted } = readLogs(logsFromJson(line), this.#epoch, mostRecords, this.#traceId);
      this.#omitted += omitted;
      for (const record of records) this.#records.push(record);
      if (this.#records.length > 2 * mostRecords) this.#keepEarliest();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.failed(path, error);
    }
  }

  #keepEarliest(): void {
    this.#records.sort((a, b) => a.time - b.time);
    this.#omitted += Math.max(0, this.#records.length - mostRecords);
    this.#records = this.#records.slice(0, mostRecords);
  }
}

/** A first line that is longer is a whole document. */
const mostFirst = 1000;

function hasLogs(line: Buffer): boolean {
  return line.includes('"resourceLogs"') || line.includes('"resource_logs"');
}

/** A pipe would be waited for. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
