import { Kind, Status } from "../model/trace.ts";
import type { JsonCursor } from "./jsonCursor.ts";

const kinds: readonly (readonly [name: string, kind: number])[] = [
  ["server", Kind.server],
  ["client", Kind.client],
  ["internal", Kind.internal],
  ["producer", Kind.producer],
  ["consumer", Kind.consumer],
];
const statuses: readonly (readonly [name: string, status: number])[] = [
  ["ok", Status.ok],
  ["error", Status.error],
];

/** The kind whose name was read last, in any case and with or without `SPAN_KIND_` before it; 0 for none. */
export function kindNamed(cursor: JsonCursor): number {
  return named(cursor, kinds, "span_kind_");
}

/** The status whose name was read last, in any case and with or without `STATUS_CODE_` before it; 0 for none. */
export function statusNamed(cursor: JsonCursor): number {
  return named(cursor, statuses, "status_code_");
}

function named(cursor: JsonCursor, names: readonly (readonly [string, number])[], prefix: string): number {
  const start = standsAt(cursor, cursor.from, prefix) ? cursor.from + prefix.length : cursor.from;
  for (const [name, number] of names) {
    if (cursor.to - start === name.length && standsAt(cursor, start, name)) return number;
  }
  return 0;
}

function standsAt({ source, to }: JsonCursor, from: number, lower: string): boolean {
  if (to - from < lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    const byte = source[from + i];
    const lowered = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (lowered !== lower.charCodeAt(i)) return false;
  }
  return true;
}
