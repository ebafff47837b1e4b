/** A 64-bit unsigned number as two 32-bit words: what a JS number cannot hold beyond 2^53. */
export interface Words {
  high: number;
  low: number;
}

/** Microseconds (a whole number up to 2^53) to ns, into `out`. */
export function microsToNanos(micros: number, out: Words): void {
  const high = Math.floor(micros / 4294967296);
  const low = (micros >>> 0) * 1000;
  out.high = (high * 1000 + Math.floor(low / 4294967296)) >>> 0;
  out.low = low >>> 0;
}

/** `seconds9` * 10^9 + `rest`, where rest < 10^9: how decimal digits are read without a BigInt. */
export function wordsOfDecimal(seconds9: number, rest: number, out: Words): void {
  const upper = Math.floor(seconds9 / 65536) * 1e9;
  const low = (upper % 65536) * 65536 + (seconds9 % 65536) * 1e9 + rest;
  out.high = (Math.floor(upper / 65536) + Math.floor(low / 4294967296)) >>> 0;
  out.low = low >>> 0;
}

/** The sum of two, modulo 2^64, into `out`, which may be either. */
export function addWords(a: Words, b: Words, out: Words): void {
  const low = a.low + b.low;
  out.high = (a.high + b.high + (low > 0xffffffff ? 1 : 0)) >>> 0;
  out.low = low >>> 0;
}

export function bigintOfWords(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The low 64 bits of a bigint. */
export function wordsOfBigint(value: bigint): Words {
  const bits = BigInt.asUintN(64, value);
  return { high: Number(bits >> 32n), low: Number(bits & 0xffffffffn) };
}
