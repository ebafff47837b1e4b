import { open, rename, rm } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { UserError } from "../../base/userError.ts";
import { ProtobufScan } from "../../formats/otlpSplitReader.ts";
import { logsToJson, tracesToJson } from "../../formats/otlpWriteJson.ts";
import { logsPath } from "../logsPath.ts";
import type { TraceReading } from "./traceStore.ts";

/** Traces between two tellings of how many are written. */
const toldEach = 100;

/**
 * Writes traces to `path` as OTLP JSON Lines, one line a trace, undefined for all, and their log records, if there are any,
 * to a file beside it, from where `createFileSource` reads them back: the specification wants one signal a file. Nothing is
 * left of an export that did not end.
 */
export async function exportTraces(
  reading: TraceReading,
  path: string,
  traceIds: readonly string[] | undefined,
  signal: AbortSignal,
  onProgress: (count: number) => void,
): Promise<number> {
  let count = 0;
  const traces = new LineFile(path);
  const logs = new LineFile(logsPath(path));
  try {
    for (const id of traceIds ?? reading.traceIds()) {
      signal.throwIfAborted();
      const records = reading.logs(id);
      for (const portion of portions(records)) await logs.line(logsToJson(portion));
      const spans = reading.spans(id);
      if (spans === undefined) continue;
      await traces.line(tracesToJson(spans));
      count++;
      if (count % toldEach === 0) onProgress(count);
      // What comes in meanwhile is received in the same thread.
      await breathe();
    }
    signal.throwIfAborted();
    if (count === 0) {
      const none = traceIds === undefined ? "No spans are kept." : "The traces to export are no longer kept.";
      throw new UserError(none);
    }
    await traces.keep();
    await logs.keep();
    return count;
  } catch (error) {
    await traces.drop();
    await logs.drop();
    if (signal.aborted || error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`The traces could not be written: ${reason}`, { cause: error });
  }
}

/** Most bytes of log records in a line, so that whoever reads it back takes little at a time. */
const mostLogs = 1 << 20;

/** LogsData in portions of whole resources. */
function* portions(bytes: Uint8Array): Generator<Uint8Array> {
  const scan = new ProtobufScan(bytes);
  let from = 0;
  while (scan.at < bytes.length) {
    const at = scan.at;
    scan.skip(scan.tag(bytes.length), bytes.length);
    if (scan.at - from <= mostLogs || at === from) continue;
    yield bytes.subarray(from, at);
    from = at;
  }
  if (from < bytes.length) yield bytes.subarray(from);
}

/** A file of lines that has its name only once it is whole. */
class LineFile {
  readonly #path: string;
  readonly #draft: string;
  #file: Awaited<ReturnType<typeof open>> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#draft = `${path}.partial`;
  }

  async line(chunks: Iterable<Uint8Array>): Promise<void> {
    this.#file ??= await open(this.#draft, "w", 0o600);
    // Unlike write, which may write a part of it when the disk is full.
    for (const chunk of chunks) await this.#file.appendFile(chunk);
  }

  /** A file of that name that an earlier export left goes, even when there is nothing to take its place. */
  async keep(): Promise<void> {
    if (this.#file === undefined) {
      await rm(this.#path, { force: true });
      return;
    }
    await this.#file.close();
    this.#file = undefined;
    await rename(this.#draft, this.#path);
  }

  async drop(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#file.close();
    this.#file = undefined;
    await rm(this.#draft, { force: true });
  }
}
