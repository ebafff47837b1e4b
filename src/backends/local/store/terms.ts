import type { TraceQuery } from "../../backend.ts";

/**
 * What a trace can be found by is a term: text of a kind, hashed to 64 bits of which 40 are kept (8 name the bucket, 32 are
 * in it), so that two of ten million terms share one with a probability of 1 in 100,000 for a given term. Terms are never
 * kept as text: an attribute of a distinct value per span costs 8 bytes.
 */
export const TermKind = { service: 1, operation: 2, anyOperation: 3, attribute: 4, kind: 5 } as const;
export type TermKind = (typeof TermKind)[keyof typeof TermKind];

/** Number of buckets. */
export const buckets = 256;
/** Of a longer text only so much is hashed, and its length. */
const hashedBytes = 4096;

/** A hash that text is added to; `high` and `low` are its state. FNV-1a's step in two lanes with different multipliers. */
export class TermHash {
  high = 0;
  low = 0;

  begin(kind: number): this {
    this.high = 0x811c9dc5 ^ kind;
    this.low = 0xdeadbeef ^ Math.imul(kind, 0x9e3779b1);
    return this;
  }

  add(bytes: Uint8Array, from: number, to: number): this {
    let { high, low } = this;
    const end = Math.min(to, from + hashedBytes);
    for (let i = from; i < end; i++) {
      high = Math.imul(high ^ bytes[i], 0x01000193);
      low = Math.imul((low << 5) ^ (low >>> 27) ^ bytes[i], 0x85ebca6b);
    }
    const size = to - from;
    // The length ends the text: "ab" and "c" are not "a" and "bc".
    this.high = Math.imul(high ^ size, 0x01000193) ^ 0x5bd1;
    this.low = Math.imul(low ^ (size + 0x7feb), 0x85ebca6b);
    return this;
  }

  addText(text: string): this {
    const bytes = encoder.encode(text);
    return this.add(bytes, 0, bytes.length);
  }

  /** The term as one number of 40 bits: bucket × 2³² + what is kept in the bucket. */
  term(): number {
    let low = this.low ^ (this.high >>> 15);
    low = Math.imul(low ^ (low >>> 16), 0xcc9e2d51);
    low = (low ^ (low >>> 13)) >>> 0;
    const high = Math.imul(this.high ^ (this.high >>> 16), 0x1b873593);
    return ((high ^ (high >>> 13)) & 255) * 4294967296 + low;
  }
}

const encoder = new TextEncoder();

/** The term of texts of one kind. */
export function termOf(kind: TermKind, ...texts: readonly string[]): number {
  const hash = new TermHash().begin(kind);
  for (const text of texts) hash.addText(text);
  return hash.term();
}

/** The terms a trace must have to answer a query: each is met by some span of it, not always by the same one. */
export function termsOf(query: TraceQuery): number[] {
  const terms: number[] = [];
  const { service, operation, spanKind } = query;
  if (service !== "" && operation !== "") terms.push(termOf(TermKind.operation, service, operation));
  else if (service !== "") terms.push(termOf(TermKind.service, service));
  else if (operation !== "") terms.push(termOf(TermKind.anyOperation, operation));
  if (spanKind) terms.push(termOf(TermKind.kind, spanKind));
  for (const [key, value] of query.tags) terms.push(termOf(TermKind.attribute, key, value));
  return terms;
}
