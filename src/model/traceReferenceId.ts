import type { Found, TraceReference } from "./traceReference.ts";

/** 32 lower-case hex digits from 1 to 32 of either case; undefined when it is not that, or zero. */
export function normalTraceId(hex: string): string | undefined {
  if (!/^[0-9a-f]{1,32}$/i.test(hex) || /^0+$/.test(hex)) return undefined;
  return hex.toLowerCase().padStart(32, "0");
}

/** 16 lower-case hex digits from 1 to 16; undefined when it is not that, or zero. */
export function normalSpanId(hex: string | undefined): string | undefined {
  if (hex === undefined || !/^[0-9a-f]{1,16}$/i.test(hex) || /^0+$/.test(hex)) return undefined;
  return hex.toLowerCase().padStart(16, "0");
}

/** Hex digits of a decimal number of at most `bits` bits, never through a JS number. */
export function decimalToHex(digits: string, bits: 64 | 128): string | undefined {
  if (!/^\d{1,39}$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return value >> BigInt(bits) === 0n ? value.toString(16) : undefined;
}

/**
 * The traces that digits alone may mean. Digits that are all decimal and at most 16 may be either; 17 and more are a
 * decimal number (Datadog writes ids so), except for 32, the length of an id in hex.
 */
export function digitReferences(digits: string): TraceReference[] {
  const hex = normalTraceId(digits);
  const decimal = normalTraceId(decimalToHex(digits, 128) ?? "");
  const asDecimal = { form: "decimal trace ID" };
  if (decimal !== undefined && digits.length > 16 && digits.length !== 32) {
    return [{ traceId: decimal, ...asDecimal }];
  }
  if (hex === undefined) return [];
  const form =
    digits.length === 32 ? "trace ID" : digits.length === 16 ? "64-bit trace ID" : "short trace ID";
  if (decimal === undefined || digits.length > 16) return [{ traceId: hex, form }];
  return [
    { traceId: hex, form, ambiguous: true },
    { traceId: decimal, ...asDecimal, ambiguous: true },
  ];
}

/**
 * Ids without anything that marks them as such. Those of every form count when what other rules left of the text is ids
 * alone; among other words only 32 hex digits do, and only when nothing else in the text names a trace.
 */
export function looseReferences(text: string, claimed: readonly Found[]): Found[] {
  const tokens: Found[] = [];
  let idsAlone = true;
  for (const match of text.matchAll(/[^\s,;|]+/g)) {
    const start = match.index;
    const end = start + match[0].length;
    if (claimed.some((found) => start < found.end && found.start < end)) continue;
    const token = match[0].replace(/^["'`([{<]+/, "").replace(/["'`)\]}>.:]+$/, "");
    if (token === "") continue;
    const references = tokenReferences(token);
    if (references.length === 0) idsAlone = false;
    else tokens.push({ start, end, references });
  }
  if (idsAlone) return tokens;
  if (claimed.some((found) => found.references.length > 0)) return [];
  const bare = text.matchAll(/(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])/gi);
  return [...bare].flatMap((match) => {
    const traceId = normalTraceId(match[0]);
    if (traceId === undefined) return [];
    return { start: match.index, end: match.index + 32, references: [{ traceId, form: "32 hex digits" }] };
  });
}

function tokenReferences(token: string): TraceReference[] {
  const uber =
    /^([0-9a-f]{1,32})(?::|%3a)([0-9a-f]{1,16})(?::|%3a)[0-9a-f]{1,16}(?::|%3a)[0-9a-f]{1,2}$/i.exec(token);
  if (uber) return reference(uber[1], "uber-trace-id", uber[2]);
  const prefixed = /^0x([0-9a-f]{1,32})$/i.exec(token);
  if (prefixed) return reference(prefixed[1], "hex trace ID");
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(token)) {
    return reference(token.replaceAll("-", ""), "trace ID with dashes");
  }
  if (/^\d{8,39}$/.test(token) || /^[0-9a-f]{8,32}$/i.test(token)) return digitReferences(token);
  return reference(base64ToHex(token), "base64 trace ID");
}

function reference(hex: string | undefined, form: string, span?: string): TraceReference[] {
  const traceId = normalTraceId(hex ?? "");
  if (traceId === undefined) return [];
  const spanId = normalSpanId(span);
  return [spanId === undefined ? { traceId, form } : { traceId, spanId, form }];
}

/** Hex of 16 or 8 bytes in base64 (either alphabet). Without padding only 16, and only what no word looks like. */
function base64ToHex(token: string): string | undefined {
  const padded = /^(?:[A-Za-z0-9+/_-]{22}==|[A-Za-z0-9+/_-]{11}=)$/.test(token);
  const bare =
    /^[A-Za-z0-9+/_-]{22}$/.test(token) && /\d/.test(token) && /[a-z]/.test(token) && /[A-Z]/.test(token);
  if (!padded && !bare) return undefined;
  const digits = token.replace(/=+$/, "");
  let value = 0n;
  for (const digit of digits) {
    const at = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_".indexOf(digit);
    value = (value << 6n) | BigInt(at > 63 ? at - 2 : at);
  }
  const bytes = digits.length === 22 ? 16 : 8;
  const unused = BigInt(digits.length * 6 - bytes * 8);
  return (value >> unused).toString(16).padStart(bytes * 2, "0");
}
