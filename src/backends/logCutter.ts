import { headOf, headSize } from "../formats/head.ts";
import { otlpProtobuf } from "../formats/otlpProtobuf.ts";
import { LogLines } from "./logLines.ts";
import { LogMessages } from "./logMessages.ts";
import type { LogPieces } from "./logPieces.ts";

/** Cuts the bytes of a file, decompressed, as its first ones show: OTLP JSON by lines, OTLP protobuf by messages. */
export class LogCutter {
  readonly #pieces: LogPieces;
  #waiting: Uint8Array[] = [];
  #waited = 0;
  #cutter: LogLines | LogMessages | undefined;

  constructor(pieces: LogPieces) {
    this.#pieces = pieces;
  }

  write(chunk: Uint8Array): void {
    if (this.#cutter !== undefined) this.#cutter.write(asBuffer(chunk));
    else {
      this.#waiting.push(chunk);
      this.#waited += chunk.length;
      if (this.#waited >= headSize) this.#begin(false);
    }
  }

  end(): void {
    if (this.#cutter === undefined) this.#begin(true);
    this.#cutter?.end();
  }

  #begin(whole: boolean): void {
    const first = this.#waiting.length === 1 ? asBuffer(this.#waiting[0]) : Buffer.concat(this.#waiting);
    this.#waiting = [];
    const isProtobuf = otlpProtobuf.accepts(headOf(first, whole));
    this.#cutter = isProtobuf ? new LogMessages(this.#pieces, first) : new LogLines(this.#pieces);
    this.#cutter.write(first);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
