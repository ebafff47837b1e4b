import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw } from "node:zlib";
import { UserError } from "../../../base/userError.ts";
import { IntakeRefusal } from "../parts.ts";
import type { Holding } from "./inFlight.ts";
import { type Compression, tooLargeMessage } from "./requestChecks.ts";
import { inflateZstd } from "./zstdFrames.ts";

interface BodyLimits {
  readonly bodyBytes: number;
  readonly bodyIdleMs: number;
}

/**
 * A request's body, inflated. Throws a UserError with code "tooLarge", "malformed" (for what is not compressed as it says) or
 * "timeout", and an IntakeRefusal when all requests together hold too much; it then holds nothing more.
 */
export async function readBody(
  request: IncomingMessage,
  compression: Compression,
  { bodyBytes, bodyIdleMs }: BodyLimits,
  holding: Holding,
): Promise<Uint8Array> {
  const raw = await rawBody(request, bodyBytes, bodyIdleMs, holding);
  if (compression === "none" || raw.length === 0) return raw;
  return inflated(raw, compression, bodyBytes, (bytes) => holding.hold(raw.length + bytes));
}

function rawBody(
  request: IncomingMessage,
  most: number,
  idleMs: number,
  holding: Holding,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      clearTimeout(idle);
      request.off("data", take).off("end", end).off("close", closed).off("error", fail);
    };
    const fail = (error: unknown): void => {
      stop();
      reject(error);
    };
    const idle = setTimeout(() => {
      fail(new UserError("The rest of the request did not come.", { code: "timeout" }));
    }, idleMs);
    const take = (chunk: Buffer): void => {
      idle.refresh();
      size += chunk.length;
      try {
        if (size > most) throw new UserError(tooLargeMessage(most), { code: "tooLarge" });
        holding.hold(size);
        chunks.push(chunk);
      } catch (error) {
        fail(error);
      }
    };
    const end = (): void => {
      stop();
      resolve(chunks.length === 1 ? chunks[0] : joined(chunks, holding.lend(size)));
    };
    const closed = (): void => fail(new UserError("The connection was closed.", { code: "timeout" }));
    request.on("data", take).on("end", end).on("close", closed).on("error", fail);
  });
}

/** The chunks one after another, at the beginning of `array`. */
function joined(chunks: readonly Uint8Array[], array: Uint8Array): Uint8Array {
  let size = 0;
  for (const chunk of chunks) {
    array.set(chunk, size);
    size += chunk.length;
  }
  return array.subarray(0, size);
}

type Inflate = (
  bytes: Uint8Array,
  options: { maxOutputLength: number; chunkSize: number },
) => Promise<Uint8Array>;

const inflates: Readonly<Record<Exclude<Compression, "none">, Inflate>> = {
  gzip: promisify(gunzip) as Inflate,
  deflate: (bytes, options) =>
    (promisify(hasZlibHeader(bytes) ? inflate : inflateRaw) as Inflate)(bytes, options),
  zstd: inflateZstd,
};

/** How many times its size a body has inflated, when it does not say; one that has more is inflated once more, with more room. */
const usualRatio = 16;
/** Not all the room there may be at once: while others are on their way, nobody would get that. */
const growth = 8;

/**
 * A body inflated, whose bytes are held before they are there: a hundred small bodies that are inflated at a time may be
 * gigabytes together.
 */
async function inflated(
  raw: Uint8Array,
  compression: Exclude<Compression, "none">,
  most: number,
  hold: (bytes: number) => void,
): Promise<Uint8Array> {
  // What a gzip file says of its size may be a lie, but one that says that it is a bomb is not inflated at all.
  const claimed = compression === "gzip" ? claimedSize(raw) : 0;
  if (claimed > most) throw tooLarge(most);
  const likely = Math.min(most, claimed === 0 ? raw.length * usualRatio : claimed);
  for (let room = likely; ; room = Math.min(most, room * growth)) {
    hold(room);
    try {
      const options = { maxOutputLength: room, chunkSize: chunkSize(raw.length) };
      const bytes = await inflates[compression](raw, options);
      hold(bytes.length);
      return bytes;
    } catch (error) {
      if (error instanceof IntakeRefusal) throw error;
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
        if (room < most) continue;
        throw tooLarge(most);
      }
      throw new UserError(`The body is not ${compression}, as its content encoding says.`, {
        code: "malformed",
        cause: error,
      });
    }
  }
}

/** Inflated bytes are collected in chunks: about as many as the whole may have. */
function chunkSize(raw: number): number {
  return Math.min(1 << 18, Math.max(1 << 14, raw * 8));
}

/**
 * The length, modulo 2^32, that a gzip file gives at its end; 0 for what is no gzip, or was cut: no gzip inflates to over
 * 1,032 times its size.
 */
function claimedSize(raw: Uint8Array): number {
  if (raw.length < 18 || raw[0] !== 0x1f || raw[1] !== 0x8b) return 0;
  const claimed = new DataView(raw.buffer, raw.byteOffset + raw.length - 4, 4).getUint32(0, true);
  return claimed > raw.length * 1032 ? 0 : claimed;
}

/** "deflate" means zlib's format, and some send the bare one. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  return (bytes[0] & 15) === 8 && ((bytes[0] << 8) | bytes[1]) % 31 === 0;
}

function tooLarge(most: number): UserError {
  return new UserError(tooLargeMessage(most), { code: "tooLarge" });
}
