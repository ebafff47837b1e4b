import { type Words, wordsOfBigint } from "../model/time64.ts";

const pattern = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,12})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

/** Unix ns of a date as RFC 3339 writes it, exact to the ns, into `out`; false when it is none or before 1970. */
export function readRfc3339(text: string, out: Words): boolean {
  const match = pattern.exec(text);
  if (match === null) return false;
  const [, date, time, fraction = "", zone] = match;
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return false;
  const nanos = BigInt(ms) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  if (nanos < 0n) return false;
  const { high, low } = wordsOfBigint(nanos);
  out.high = high;
  out.low = low;
  return true;
}

/** ns of a duration as protobuf's JSON (`0.5s`) or Go (`22938000ns`) writes it, into `out`; false when it is none. */
export function readDurationText(text: string, out: Words): boolean {
  const match = /^(\d{1,15})(?:\.(\d{1,9})\d*)?(ns|us|µs|ms|s)$/.exec(text);
  if (match === null) return false;
  const [, whole, fraction = "", unit] = match;
  const scale = unit === "ns" ? 1n : unit === "s" ? 1_000_000_000n : unit === "ms" ? 1_000_000n : 1000n;
  const nanos = BigInt(whole) * scale + (BigInt(fraction.padEnd(9, "0")) * scale) / 1_000_000_000n;
  const { high, low } = wordsOfBigint(nanos);
  out.high = high;
  out.low = low;
  return true;
}
