/** The calls of a hotspot that are kept. */
export const callsKept = 512;

/**
 * At most `most` of the calls, slowest first: an eighth of that many are the slowest, the others those of lowest rank of the
 * rest. With ranks that are random but fixed, those are a uniform sample, and what is kept of two kept sets is what would be
 * kept of all.
 */
export function keptCalls<Call>(
  calls: readonly Call[],
  durationOf: (call: Call) => number,
  rankOf: (call: Call) => number,
  most = callsKept,
): Call[] {
  const slowest = Math.ceil(most / 8);
  const ranked = likely(
    calls.map((call) => ({ call, duration: durationOf(call), rank: rankOf(call) })),
    slowest,
    most,
  );
  const bySlowest = (a: Ranked, b: Ranked) => b.duration - a.duration || a.rank - b.rank;
  ranked.sort(bySlowest);
  if (ranked.length <= most) return ranked.map(({ call }) => call);
  const rest = ranked.slice(slowest).sort((a, b) => a.rank - b.rank);
  const sample = rest.slice(0, most - slowest).sort(bySlowest);
  return [...ranked.slice(0, slowest), ...sample].map(({ call }) => call);
}

interface Ranked {
  readonly duration: number;
  readonly rank: number;
}

/** Those that can be kept, found by sorting plain numbers: sorting 200,000 objects takes ten times as long. */
function likely<T extends Ranked>(calls: T[], slowest: number, most: number): T[] {
  if (calls.length <= 2 * callsKept) return calls;
  const slow = Float64Array.from(calls, (call) => call.duration).sort()[calls.length - slowest];
  const low = Float64Array.from(calls, (call) => call.rank).sort()[most - 1];
  return calls.filter((call) => call.duration >= slow || call.rank <= low);
}
