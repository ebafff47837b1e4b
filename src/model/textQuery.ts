import type { StringTable } from "./stringTable.ts";

/**
 * What a person typed to find spans, ready to be looked for: the text without regard to case, and every way to read it as
 * `key=value` or `key:value`. Read so, the key ends with what is left of the sign and the value begins with what is right
 * of it, as if attributes were lines of text: `route=/cart` finds http.route=/cart/{id}.
 */
export interface TextQuery {
  readonly needle: string;
  /** At most six; more signs than that are in no key. */
  readonly pairs: readonly { readonly key: string; readonly value: string }[];
}

/** The query for what was typed; undefined for nothing but white space, which finds nothing. */
export function textQuery(typed: string): TextQuery | undefined {
  const needle = typed.trim().toLowerCase();
  if (needle === "") return undefined;
  const pairs: { key: string; value: string }[] = [];
  for (let at = 0; at < needle.length && pairs.length < 6; at++) {
    if (needle[at] !== "=" && needle[at] !== ":") continue;
    const key = needle.slice(0, at).trim();
    if (key !== "") pairs.push({ key, value: needle.slice(at + 1).trim() });
  }
  return { needle, pairs };
}

/*
 * A string's marks say which parts of the query it satisfies as a key and as a value; an attribute fits when its key's and
 * its value's marks share a bit. So a pass over millions of attributes is two look-ups and one AND each.
 *
 *     bit            0                   1                     2 + i
 *     of a key       holds the needle    always                ends with the key of pair i
 *     of a value     always              holds the needle      begins with the value of pair i
 */
const plain = 1;

/** The marks of each string of a table as a key. */
export function keyMarks(strings: StringTable, query: TextQuery): Uint8Array {
  const marks = new Uint8Array(strings.length).fill(2);
  markHolding(strings, query.needle, marks, plain);
  query.pairs.forEach((pair, i) => {
    markEdge(strings, pair.key, "end", marks, 4 << i);
  });
  return marks;
}

/** The marks of each string of a table as a value. */
export function valueMarks(strings: StringTable, query: TextQuery): Uint8Array {
  const marks = new Uint8Array(strings.length).fill(plain);
  markHolding(strings, query.needle, marks, 2);
  query.pairs.forEach((pair, i) => {
    markEdge(strings, pair.value, "start", marks, 4 << i);
  });
  return marks;
}

/** The marks of one text as a value, for texts that are in no table. */
export function valueMark(text: string, query: TextQuery): number {
  const folded = text.toLowerCase();
  let mark = folded.includes(query.needle) ? plain | 2 : plain;
  query.pairs.forEach((pair, i) => {
    if (folded.startsWith(pair.value)) mark |= 4 << i;
  });
  return mark;
}

/** The marks of one text as a key. */
export function keyMark(text: string, query: TextQuery): number {
  return text.toLowerCase().includes(query.needle) ? fieldMark(text, query) | plain : fieldMark(text, query);
}

/** The marks of a field such as `service`: it has a name to be asked for by, which by itself finds nothing. */
export function fieldMark(field: string, query: TextQuery): number {
  let mark = 2;
  query.pairs.forEach((pair, i) => {
    if (field.toLowerCase().endsWith(pair.key)) mark |= 4 << i;
  });
  return mark;
}

/** Sets `bit` for each string that holds `needle` (lower case, not empty). Bytes are compared where that says the same. */
function markHolding(strings: StringTable, needle: string, marks: Uint8Array, bit: number): void {
  if (comparesByBytes(needle)) markBytes(strings, encoder.encode(needle), marks, bit);
  else markDecoded(strings, marks, bit, (text) => text.includes(needle));
}

/** Whether each character that is not ASCII has no case, so that only ASCII letters need folding. */
function comparesByBytes(needle: string): boolean {
  for (const character of needle) {
    if (character > "\x7f" && character.toLowerCase() !== character.toUpperCase()) return false;
  }
  return true;
}

/**
 * Boyer-Moore-Horspool over the bytes of all strings at once. A match that crosses from one string into the next is none;
 * after one that counts, the rest of its string is skipped.
 */
function markBytes(strings: StringTable, needle: Uint8Array, marks: Uint8Array, bit: number): void {
  const { bytes, offsets } = strings;
  const last = needle.length - 1;
  const skip = new Uint32Array(256).fill(needle.length);
  for (let i = 0; i < last; i++) skip[needle[i]] = skip[upper(needle[i])] = last - i;
  const final = needle[last];
  const finalUpper = upper(final);
  const end = offsets[strings.length];
  let string = 0;
  let at = offsets[0] + last;
  while (at < end) {
    const byte = bytes[at];
    if (byte === final || byte === finalUpper) {
      let i = last - 1;
      while (i >= 0 && lower(bytes[at - last + i]) === needle[i]) i--;
      if (i < 0) {
        while (offsets[string + 1] <= at) string++;
        if (offsets[string] <= at - last) {
          marks[string] |= bit;
          at = offsets[string + 1] + last;
          continue;
        }
      }
    }
    at += skip[byte];
  }
}

/** Sets `bit` for each string that has `text` (lower case) at its edge; an empty text is at every edge. */
function markEdge(
  strings: StringTable,
  text: string,
  edge: "start" | "end",
  marks: Uint8Array,
  bit: number,
): void {
  const atStart = edge === "start";
  if (!comparesByBytes(text)) {
    markDecoded(strings, marks, bit, (whole) => (atStart ? whole.startsWith(text) : whole.endsWith(text)));
    return;
  }
  const { bytes, offsets } = strings;
  const wanted = encoder.encode(text);
  for (let string = 0; string < strings.length; string++) {
    if (strings.byteLength(string) < wanted.length) continue;
    const from = atStart ? offsets[string] : offsets[string + 1] - wanted.length;
    let i = 0;
    while (i < wanted.length && lower(bytes[from + i]) === wanted[i]) i++;
    if (i === wanted.length) marks[string] |= bit;
  }
}

/** The way for letters such as é, whose cases differ in more than a bit: only strings that have such bytes are decoded. */
function markDecoded(
  strings: StringTable,
  marks: Uint8Array,
  bit: number,
  fits: (text: string) => boolean,
): void {
  const { bytes, offsets } = strings;
  for (let string = 0; string < strings.length; string++) {
    let at = offsets[string];
    while (at < offsets[string + 1] && bytes[at] < 128) at++;
    if (at === offsets[string + 1]) continue;
    if (fits(decoder.decode(bytes.subarray(offsets[string], offsets[string + 1])).toLowerCase()))
      marks[string] |= bit;
  }
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

function upper(byte: number): number {
  return byte >= 97 && byte <= 122 ? byte - 32 : byte;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
