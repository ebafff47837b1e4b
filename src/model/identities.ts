import { IdMap } from "./idMap.ts";
import type { SpanSink } from "./spanSink.ts";
import { Kind } from "./trace.ts";

/**
 * Which of the committed records of a trace are spans of their own: an exact resend is dropped, records of one span that
 * came apart are joined, and two spans that share an id are kept apart.
 */
export interface Identities {
  /** Ids of the records, words at 2i and 2i + 1; a zero id has been replaced. */
  readonly words: Uint32Array;
  readonly map: IdMap;
  /** The record this one was joined into or repeats, or -1 when it is a span of its own. */
  readonly into: Int32Array;
  /** The next record of the same span, or -1. */
  readonly more: Int32Array;
  /** The client half, for a server half that has the client's id; -1 otherwise. */
  readonly client: Int32Array;
  /** Bits of IdFault. */
  readonly fault: Uint8Array;
  /** Exact resends that were dropped. */
  readonly dropped: number;
}

export const IdFault = { zero: 1, duplicate: 2, shared: 4 } as const;

/** Settles the identity of every record in `rows`; `service` is the service of each record as a number. */
export function identities(sink: SpanSink, rows: Int32Array, service: Int32Array): Identities {
  const count = rows.length;
  const words = new Uint32Array(count * 2);
  const fault = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    words[2 * i] = sink.ids.data[2 * rows[i]];
    words[2 * i + 1] = sink.ids.data[2 * rows[i] + 1];
    if (words[2 * i] === 0 && words[2 * i + 1] === 0) {
      fault[i] = IdFault.zero;
      words[2 * i] = 0xffffffff;
      words[2 * i + 1] = i;
    }
  }
  const map = new IdMap(words, count);
  const into = new Int32Array(count).fill(-1);
  const more = new Int32Array(count).fill(-1);
  const client = new Int32Array(count).fill(-1);
  let dropped = 0;

  for (let i = 0; i < count; i++) {
    const first = map.first(words[2 * i], words[2 * i + 1]);
    if (first < 0) {
      map.add(i);
      continue;
    }
    let same = -1;
    for (let other = first; other >= 0 && same < 0; other = map.next[other]) {
      if (isResend(sink, rows[i], rows[other]) || isSameSpan(sink, rows, service, i, other)) same = other;
    }
    if (same < 0) {
      map.add(i);
      continue;
    }
    into[i] = same;
    if (isResend(sink, rows[i], rows[same])) {
      dropped++;
      continue;
    }
    let tail = same;
    while (more[tail] >= 0) tail = more[tail];
    more[tail] = i;
  }
  for (let i = 0; i < count; i++) {
    if (into[i] < 0 && map.next[i] >= 0 && map.first(words[2 * i], words[2 * i + 1]) === i) {
      pairHalves(sink, rows, map, i, client, fault);
    }
  }
  return { words, map, into, more, client, fault, dropped };
}

/** Among the spans of one id: a server is the other half of a client; what is left over has a duplicate id. */
function pairHalves(
  sink: SpanSink,
  rows: Int32Array,
  map: IdMap,
  first: number,
  client: Int32Array,
  fault: Uint8Array,
): void {
  const kind = sink.kind.data;
  const traits = sink.traits.data;
  let caller = -1;
  let others = 0;
  for (let i = first; i >= 0; i = map.next[i]) {
    const isServer = kind[rows[i]] === Kind.server || (traits[rows[i]] & 2) !== 0;
    if (caller < 0 && !isServer && (kind[rows[i]] === Kind.client || (traits[rows[i]] & 4) !== 0)) caller = i;
  }
  for (let i = first; i >= 0; i = map.next[i]) {
    if (i === caller) continue;
    const isServer = kind[rows[i]] === Kind.server || (traits[rows[i]] & 2) !== 0;
    if (caller >= 0 && isServer) {
      client[i] = caller;
      fault[i] |= IdFault.shared;
    } else others++;
  }
  if (others === 0) return;
  for (let i = first; i >= 0; i = map.next[i]) if (client[i] < 0) fault[i] |= IdFault.duplicate;
}

/** A legal resend of the same span: equal in everything that is looked at. */
function isResend(sink: SpanSink, a: number, b: number): boolean {
  const times = sink.times.data;
  for (let k = 0; k < 4; k++) if (times[a * 4 + k] !== times[b * 4 + k]) return false;
  if (sink.name.data[a] !== sink.name.data[b] || sink.kind.data[a] !== sink.kind.data[b]) return false;
  if (sink.parents.data[2 * a] !== sink.parents.data[2 * b]) return false;
  if (sink.parents.data[2 * a + 1] !== sink.parents.data[2 * b + 1]) return false;
  if (sink.status.data[a] !== sink.status.data[b]) return false;
  const from = sink.attributes.from(a);
  const other = sink.attributes.from(b);
  const size = sink.attributes.to(a) - from;
  if (sink.attributes.to(b) - other !== size) return false;
  for (let k = 0; k < size; k++) {
    if (sink.attributes.key.data[from + k] !== sink.attributes.key.data[other + k]) return false;
    if (sink.attributes.value.data[from + k] !== sink.attributes.value.data[other + k]) return false;
  }
  const events = (row: number) => sink.eventEnds.data[row] - (row === 0 ? 0 : sink.eventEnds.data[row - 1]);
  return events(a) === events(b);
}

/** Zipkin: records of one span, told apart by (id, shared or kind, service). */
function isSameSpan(sink: SpanSink, rows: Int32Array, service: Int32Array, a: number, b: number): boolean {
  const traits = sink.traits.data;
  if ((traits[rows[a]] & traits[rows[b]] & 4) === 0) return false;
  if ((traits[rows[a]] & 2) !== (traits[rows[b]] & 2)) return false;
  const kindA = sink.kind.data[rows[a]];
  const kindB = sink.kind.data[rows[b]];
  if (kindA !== kindB && kindA !== 0 && kindB !== 0) return false;
  return service[a] === service[b] || service[a] < 0 || service[b] < 0;
}
