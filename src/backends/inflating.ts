import { UserError } from "../base/userError.ts";
import { type Compression, compressionOf } from "../formats/compression.ts";
import { sizeText } from "../model/sizeText.ts";
import { GzipSum, gzipHeaderSize, trailerSize } from "./gzipMember.ts";
import { createInflater, type Inflater } from "./inflater.ts";

/** Where in compressed input the next byte belongs. */
type Part = "header" | "body" | "trailer" | "garbage";

/**
 * Takes bytes as they come and passes them on inflated; what they are compressed with is seen from the first four. Gzip
 * members and zstd frames may follow each other; what else follows is counted and passed over. A UserError tells of damage.
 */
export class Inflating {
  readonly #label: string;
  readonly #max: number;
  readonly #take: (chunk: Uint8Array) => void;
  /** Bytes that are not enough yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #compression: Compression | undefined;
  #part: Part = "header";
  #inflater: Inflater | undefined;
  #sum = new GzipSum();
  #taken = 0;
  #garbage = 0;

  /** Inflated bytes go to `take`, at most `max` of them; messages call the input `label`. */
  constructor(label: string, max: number, take: (chunk: Uint8Array) => void) {
    this.#label = label;
    this.#max = max;
    this.#take = take;
  }

  /** Resolves when the bytes have been passed on. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#compression === "none") {
      this.#take(chunk);
      return;
    }
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = bytes;
    if (this.#compression === undefined) {
      if (bytes.length < 4) return;
      await this.#begin();
    } else await this.#advance();
  }

  /** Resolves when all is passed on, with what is to be noted; "" for nothing. */
  async end(): Promise<string> {
    if (this.#compression === undefined) await this.#begin();
    if (this.#part === "body") await this.#finishBody();
    else if (this.#part === "trailer") throw this.#corrupt("it ends too early");
    // A header that began behind a whole member and is not all there.
    const left = this.#garbage + (this.#compression === "none" ? 0 : this.#rest.length);
    return left === 0 ? "" : `${left} bytes behind the ${this.#compression} data were passed over`;
  }

  async #begin(): Promise<void> {
    this.#compression = compressionOf(this.#rest);
    if (this.#compression !== "none") await this.#advance();
    else {
      const first = this.#rest;
      this.#rest = new Uint8Array(0);
      this.#take(first);
    }
  }

  async #advance(): Promise<void> {
    while (this.#rest.length > 0 && (await this.#step()));
  }

  /** Uses up some of the rest; false when more bytes are needed. */
  async #step(): Promise<boolean> {
    if (this.#part === "header") return this.#header();
    if (this.#part === "trailer") return this.#trailer();
    if (this.#part === "garbage") {
      this.#garbage += this.#rest.length;
      this.#rest = new Uint8Array(0);
      return false;
    }
    const { used, ended } = await this.#inflate(this.#inflater!.write(this.#rest));
    this.#rest = this.#rest.subarray(used);
    if (ended) this.#part = this.#compression === "gzip" ? "trailer" : "header";
    return ended;
  }

  #header(): boolean {
    let size = 0;
    if (this.#compression === "gzip") {
      size = gzipHeaderSize(this.#rest);
      if (size < 0) return false;
      if (size === 0) this.#part = "garbage";
    } else {
      if (this.#rest.length < 4) return false;
      if (compressionOf(this.#rest) !== "zstd") this.#part = "garbage";
    }
    if (this.#part === "garbage") return true;
    this.#rest = this.#rest.subarray(size);
    this.#part = "body";
    this.#sum = new GzipSum();
    this.#inflater = createInflater(this.#compression as "gzip" | "zstd", (chunk) => this.#pass(chunk));
    return true;
  }

  #trailer(): boolean {
    if (this.#rest.length < trailerSize) return false;
    if (!this.#sum.matches(this.#rest)) throw this.#corrupt("its checksum is wrong");
    this.#rest = this.#rest.subarray(trailerSize);
    this.#part = "header";
    return true;
  }

  #pass(chunk: Uint8Array): void {
    this.#taken += chunk.length;
    if (this.#taken > this.#max) throw tooLarge(this.#label, this.#max);
    if (this.#compression === "gzip") this.#sum.add(chunk);
    this.#take(chunk);
  }

  /** A zstd frame ends where its bytes do; a gzip member would have been followed by its trailer. */
  async #finishBody(): Promise<void> {
    await this.#inflate(this.#inflater!.end());
    if (this.#compression === "gzip") throw this.#corrupt("it ends too early");
  }

  async #inflate<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#inflater?.destroy();
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (error instanceof UserError || !/^(Z_|ZSTD_)/.test(code)) throw error;
      const { message } = error as Error;
      throw this.#corrupt(message === "unexpected end of file" ? "it ends too early" : message);
    }
  }

  #corrupt(why: string): UserError {
    return new UserError(`${this.#label}: corrupt ${this.#compression}: ${why}.`);
  }
}

function tooLarge(label: string, max: number): UserError {
  const text = `${label} inflates to more than ${sizeText(max)}, which is the limit.`;
  return new UserError(text, { code: "tooLarge" });
}
