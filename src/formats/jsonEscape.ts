const backslash = 92;

/**
 * Writes the text `source[from … to]` of a JSON string into `out` with its escapes undone, and returns how many bytes that
 * are; or minus the distance from the opening quote to an escape that JSON does not have. A lone surrogate becomes U+FFFD.
 */
export function unescapeJson(source: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let size = 0;
  let index = from;
  while (index < to) {
    const byte = source[index++];
    if (byte !== backslash) {
      out[size++] = byte;
      continue;
    }
    const letter = source[index++];
    if (letter !== 117) {
      const meant = escapes[letter];
      if (meant === 0) return from - index;
      out[size++] = meant;
      continue;
    }
    let unit = hexUnit(source, index, to);
    if (unit < 0) return from - index;
    index += 4;
    if (unit >= 0xd800 && unit < 0xe000) {
      const low =
        unit < 0xdc00 && source[index] === backslash && source[index + 1] === 117
          ? hexUnit(source, index + 2, to)
          : -1;
      if (low >= 0xdc00 && low < 0xe000) {
        index += 6;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      } else {
        unit = 0xfffd;
      }
    }
    size = putUtf8(out, size, unit);
  }
  return size;
}

function putUtf8(out: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    out[at++] = point;
  } else if (point < 0x800) {
    out[at++] = 0xc0 | (point >> 6);
    out[at++] = 0x80 | (point & 63);
  } else if (point < 0x10000) {
    out[at++] = 0xe0 | (point >> 12);
    out[at++] = 0x80 | ((point >> 6) & 63);
    out[at++] = 0x80 | (point & 63);
  } else {
    out[at++] = 0xf0 | (point >> 18);
    out[at++] = 0x80 | ((point >> 12) & 63);
    out[at++] = 0x80 | ((point >> 6) & 63);
    out[at++] = 0x80 | (point & 63);
  }
  return at;
}

/** The UTF-16 unit of four hex digits, or -1. */
function hexUnit(source: Uint8Array, from: number, to: number): number {
  if (from + 4 > to) return -1;
  let unit = 0;
  for (let i = from; i < from + 4; i++) {
    const digit = hexDigits[source[i]];
    if (digit > 15) return -1;
    unit = (unit << 4) | digit;
  }
  return unit;
}

/** The value of a hex digit by its byte, of either case; 255 for every other byte. */
export const hexDigits = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  hexDigits[digit.toString(16).charCodeAt(0)] = digit;
  hexDigits[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** What the letter behind a backslash means; 0 for none. */
const escapes = new Uint8Array(256);
for (const [letter, meant] of [
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]) {
  escapes[letter.charCodeAt(0)] = meant.charCodeAt(0);
}
