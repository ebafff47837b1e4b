import { ProtobufScan } from "../formats/otlpSplitReader.ts";
import { type Framing, framingOf } from "../formats/protobufFraming.ts";
import { Malformed } from "../formats/protobufReader.ts";
import { type LogPieces, mostPiece } from "./logPieces.ts";

/** A tag and the length behind it take at most so many bytes. */
const mostHeader = 15;
const repeatedTag = 0x0a;

/**
 * Cuts OTLP protobuf into the fields 1 of its messages, each a resource with its records; a piece alone is a whole message
 * again. Messages stand bare, one after another, behind 4-byte lengths or behind gRPC's 5 bytes.
 */
export class LogMessages {
  readonly #pieces: LogPieces;
  readonly #framing: Framing;
  #waiting: Buffer[] = [];
  #waited = 0;
  /** How many bytes the next step takes. */
  #need = 1;
  /** Bytes that are still to be passed over. */
  #skip = 0;
  /** Bytes that are left of the message. */
  #left: number;
  /** Bytes of the file before those that wait. */
  #base = 0;

  /** `head` are the first bytes, which are written as well. */
  constructor(pieces: LogPieces, head: Buffer) {
    this.#pieces = pieces;
    this.#framing = framingOf(head);
    this.#left = this.#framing === "bare" ? Infinity : 0;
  }

  write(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waited += chunk.length;
    if (this.#waited >= this.#need) this.#cut(false);
  }

  end(): void {
    this.#cut(true);
    if (this.#skip > 0 || this.#waited > 0) throw new Error("it ends in the middle of a message");
  }

  #cut(last: boolean): void {
    const bytes = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting);
    const scan = new ProtobufScan(bytes);
    this.#need = 1;
    try {
      while (scan.at < bytes.length && this.#step(scan, last));
    } catch (error) {
      this.#waiting = [];
      this.#waited = 0;
      if (!(error instanceof Malformed)) throw error;
      throw new Error(`at byte ${this.#base + error.at}, ${error.message}`);
    }
    this.#base += scan.at;
    this.#waited = bytes.length - scan.at;
    this.#waiting = this.#waited === 0 ? [] : [bytes.subarray(scan.at)];
  }

  /** One step; false when there are not bytes enough, with `scan` where the step began and `#need` set. */
  #step(scan: ProtobufScan, last: boolean): boolean {
    const { bytes, at } = scan;
    const here = bytes.length - at;
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, here);
      this.#skip -= passed;
      this.#pass(scan, at + passed);
      return true;
    }
    if (this.#left === 0) return this.#frame(scan, here);
    const header = Math.min(mostHeader, this.#left);
    if (here < header && !last) return this.#wait(header);
    const limit = Math.min(bytes.length, at + this.#left);
    const tag = scan.tag(limit);
    if ((tag & 7) !== 2) {
      scan.skip(tag, limit);
      this.#left -= scan.at - at;
      return true;
    }
    const size = scan.varint(limit) + scan.at - at;
    if (size > this.#left) throw new Malformed("a length runs past the end of its message", at);
    scan.at = at;
    if (tag !== repeatedTag || size > mostPiece) {
      if (tag === repeatedTag) this.#pieces.tooLong("messages");
      this.#skip = size;
    } else if (here < size) return this.#wait(size);
    else {
      this.#pass(scan, at + size);
      this.#pieces.protobuf(bytes.subarray(at, at + size) as Buffer);
    }
    return true;
  }

  /** The length before a message. */
  #frame(scan: ProtobufScan, here: number): boolean {
    const prefix = this.#framing === "grpc" ? 5 : 4;
    if (here < prefix) return this.#wait(prefix);
    if (prefix === 5 && scan.bytes[scan.at] !== 0)
      throw new Malformed("a gRPC message is compressed", scan.at);
    scan.at += prefix;
    this.#left = (scan.bytes as Buffer).readUInt32BE(scan.at - 4);
    return true;
  }

  #pass(scan: ProtobufScan, to: number): void {
    this.#left -= to - scan.at;
    scan.at = to;
  }

  #wait(need: number): boolean {
    this.#need = need;
    return false;
  }
}
