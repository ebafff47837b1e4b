import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "../base/userError.ts";
import { mostRecords, readLogs } from "../formats/otlpLogs.ts";
import { logsFromJson } from "../formats/otlpWriteProtobuf.ts";
import { countText } from "../model/countText.ts";
import type { LogRecord } from "../model/logRecord.ts";
import { sizeText } from "../model/sizeText.ts";
import type { Trace } from "../model/trace.ts";
import { readInflated } from "./inflatedFile.ts";
import { LogCutter } from "./logCutter.ts";
import { hasLogs } from "./logLines.ts";
import { mostPiece } from "./logPieces.ts";
import { logsPaths } from "./logsPath.ts";

/** As large as a trace file may be, decompressed. */
const mostInflated = 2 ** 30;

export interface FileLogs {
  /** Sorted by time. */
  readonly records: readonly LogRecord[];
  /** Some of them were among the traces. */
  readonly isWithin: boolean;
  /** What is to be said of the whole. */
  readonly notes: readonly string[];
}

/**
 * The log records of a trace that is read from a file: those of the first file that is there under a name for it (`logsPaths`)
 * and, with `within`, those among the traces. Both are OTLP JSON, in lines or one document, or OTLP protobuf, plain or compressed.
 * Nothing that cannot be read is an error.
 */
export async function fileLogs(
  path: string,
  trace: Trace,
  within: boolean,
  signal: AbortSignal,
): Promise<FileLogs> {
  const reading = new LogReading(trace);
  if (within) await reading.read(path, signal);
  const isWithin = reading.hasAny;
  for (const beside of logsPaths(path)) {
    signal.throwIfAborted();
    if (!(await isFile(beside))) continue;
    await reading.read(beside, signal);
    break;
  }
  return { ...reading.end(), isWithin };
}

/** Those of one trace, of files that are read one after another. */
class LogReading {
  readonly #traceId: string;
  readonly #epoch: bigint;
  readonly #id: Buffer;
  /** How JSON may write the trace's id. */
  readonly #forms: readonly string[];
  /** The first fault of each file. */
  readonly #faults = new Map<string, string>();
  /** What was too long to be read, how often. */
  readonly #tooLong = new Map<string, number>();
  #records: LogRecord[] = [];
  #omitted = 0;

  constructor({ traceId, epoch }: Trace) {
    this.#id = Buffer.from(traceId.padStart(32, "0"), "hex");
    const hex = this.#id.toString("hex");
    this.#traceId = hex;
    this.#epoch = epoch;
    this.#forms = [hex, hex.toUpperCase(), this.#id.toString("base64")];
  }

  async read(path: string, signal: AbortSignal): Promise<void> {
    const cutter = new LogCutter({
      json: (piece) => {
        if (hasLogs(piece) && this.#forms.some((form) => piece.includes(form)))
          this.#take(() => logsFromJson(piece), path);
      },
      protobuf: (piece) => {
        if (piece.includes(this.#id)) this.#take(() => piece, path);
      },
      tooLong: (noun) => this.#tooLong.set(noun, (this.#tooLong.get(noun) ?? 0) + 1),
    });
    try {
      await readInflated(path, mostInflated, signal, (chunk) => cutter.write(chunk));
    } catch (error) {
      signal.throwIfAborted();
      this.#failed(path, error);
    }
    // What came before the damage is kept.
    try {
      cutter.end();
    } catch (error) {
      this.#failed(path, error);
    }
  }

  get hasAny(): boolean {
    return this.#records.length > 0;
  }

  end(): Omit<FileLogs, "isWithin"> {
    this.#keepEarliest();
    const notes = [...this.#faults.values()];
    if (this.#omitted > 0) notes.push(`${countText(this.#omitted, "later log record")} left out.`);
    for (const [noun, count] of this.#tooLong)
      notes.push(
        `Log records in ${noun} of more than ${sizeText(mostPiece)} were left out: ${countText(count)}.`,
      );
    return { records: this.#records, notes };
  }

  /** Takes the records of a piece that are of the trace. */
  #take(logsData: () => Uint8Array, path: string): void {
    try {
      const { records, omitted } = readLogs(logsData(), this.#epoch, mostRecords, this.#traceId);
      this.#omitted += omitted;
      for (const record of records) this.#records.push(record);
      if (this.#records.length > 2 * mostRecords) this.#keepEarliest();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#failed(path, error);
    }
  }

  #failed(path: string, error: unknown): void {
    if (this.#faults.has(path)) return;
    const name = basename(path);
    const reason = error instanceof Error ? error.message : String(error);
    const said = reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason;
    this.#faults.set(path, `Log records in ${name} could not be read: ${said}`);
  }

  #keepEarliest(): void {
    this.#records.sort((a, b) => a.time - b.time);
    this.#omitted += Math.max(0, this.#records.length - mostRecords);
    this.#records = this.#records.slice(0, mostRecords);
  }
}

/** A pipe would be waited for. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
