import { crc32 } from "node:zlib";

/** Size of the CRC and the length behind a member. */
export const trailerSize = 8;

/** Size of the gzip header at the start of `bytes`: 0 when it is none, -1 when it is not all there (RFC 1952, 2.3). */
export function gzipHeaderSize(bytes: Uint8Array): number {
  const magic = [0x1f, 0x8b, 8];
  for (let i = 0; i < Math.min(3, bytes.length); i++) if (bytes[i] !== magic[i]) return 0;
  if (bytes.length < 10) return -1;
  const flags = bytes[3];
  let at = 10;
  if ((flags & 4) !== 0) {
    if (bytes.length < 12) return -1;
    at += 2 + bytes[10] + 256 * bytes[11];
  }
  for (const text of [8, 16]) {
    if ((flags & text) === 0) continue;
    const zero = at < bytes.length ? bytes.indexOf(0, at) : -1;
    if (zero < 0) return -1;
    at = zero + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at <= bytes.length ? at : -1;
}

/** What a member inflates to, summed up as its trailer does. */
export class GzipSum {
  #crc = 0;
  #size = 0;

  add(chunk: Uint8Array): void {
    this.#crc = crc32(chunk, this.#crc);
    this.#size = (this.#size + chunk.length) >>> 0;
  }

  /** Whether the eight bytes at the start of `trailer` say the same. */
  matches(trailer: Uint8Array): boolean {
    const view = new DataView(trailer.buffer, trailer.byteOffset, trailerSize);
    return view.getUint32(0, true) === this.#crc && view.getUint32(4, true) === this.#size;
  }
}
