import type { Head, JsonHead } from "./format.ts";

/** How many bytes are looked at to name a format. */
export const headSize = 65536;
/** How many levels of objects member names are kept of. */
const levels = 6;

/** What the first bytes of a file (decompressed) show; `whole` says that they are all of it. */
export function headOf(bytes: Uint8Array, whole: boolean): Head {
  const head = bytes.length > headSize ? bytes.subarray(0, headSize) : bytes;
  return { bytes: head, whole: whole && head.length === bytes.length, json: jsonHead(head) };
}

/** The text's encoding when it is not UTF-8: by its byte order mark, or by a zero beside a first brace or bracket. */
export function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (second === 0 && isOpening(first)) || (first === 0 && isOpening(second));
}

/** Where the text begins: behind a byte order mark and white space. */
function textStart(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

/**
 * Collects member names without judging the rest: the text may be cut anywhere, hold several documents, or be no JSON
 * behind its first bracket. It does not recurse and keeps no stack, for only objects count as depth.
 */
function jsonHead(bytes: Uint8Array): JsonHead | undefined {
  const start = textStart(bytes);
  if (isUtf16(bytes) || !isOpening(bytes[start]) || isMessage(bytes)) return undefined;
  const keys = Array.from({ length: levels }, () => new Set<string>());
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x7b) depth++;
    else if (byte === 0x7d) depth = Math.max(0, depth - 1);
    else if (byte === 0x22) {
      const end = stringEnd(bytes, at + 1);
      let next = end + 1;
      while (next < bytes.length && isSpace(bytes[next])) next++;
      if (bytes[next] === 0x3a && depth > 0 && depth <= levels && end - at < 128) {
        keys[depth - 1].add(decoder.decode(bytes.subarray(at + 1, end)));
      }
      at = end;
    }
  }
  return { root: bytes[start] === 0x5b ? "array" : "object", keys };
}

/**
 * Whether a line feed and a bracket are protobuf's field 1 of 91 or 123 bytes: then tags follow that are control characters,
 * which no text begins with.
 */
function isMessage(bytes: Uint8Array): boolean {
  return bytes[0] === 0x0a && bytes.subarray(1, 32).some((byte) => byte < 0x20 && !isSpace(byte));
}

/** Where the closing quote of a string is, or the end of the bytes. */
function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return Math.min(at, bytes.length);
}

function isOpening(byte: number): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 9 && byte <= 13);
}

const decoder = new TextDecoder();
