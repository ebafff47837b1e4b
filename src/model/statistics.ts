import { quantile } from "./quantile.ts";
import { type Outline, Status } from "./trace.ts";

/** What the spans of one service, or of one operation of a service, took. Times in ns. */
export interface Statistic {
  /** Index into the outline's services. */
  readonly service: number;
  /** Span name as an index into labels; -1 for the service as a whole. */
  readonly name: number;
  readonly count: number;
  readonly errors: number;
  /** Sum of the durations: more than the trace's own when spans of the group lie in or beside each other. */
  readonly total: number;
  readonly self: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** On the critical path, and as a share (0 … 1) of the whole path. */
  readonly critical: number;
  readonly criticalShare: number;
}

export interface Statistics {
  /** Most self time first. */
  readonly services: readonly Statistic[];
  readonly operations: readonly Statistic[];
}

/** Figures per service and per operation; `self` of `selfTimes` and `critical` of `criticalOwn`, one value a row. */
export function statistics(o: Outline, self: Float64Array, critical: Float64Array): Statistics {
  let path = 0;
  for (let row = 0; row < o.length; row++) path += critical[row];

  const operation = new Uint32Array(o.length);
  const known = new Map<number, number>();
  const operations: { service: number; name: number }[] = [];
  for (let row = 0; row < o.length; row++) {
    const key = o.service[row] * (o.labels.length + 1) + o.name[row];
    let group = known.get(key);
    if (group === undefined) {
      group = operations.push({ service: o.service[row], name: o.name[row] }) - 1;
      known.set(key, group);
    }
    operation[row] = group;
  }
  const services = Array.from(o.services, (_, service) => ({ service, name: -1 }));
  return {
    services: figures(o, o.service, services, self, critical, path),
    operations: figures(o, operation, operations, self, critical, path),
  };
}

function figures(
  o: Outline,
  group: Uint32Array,
  groups: readonly { service: number; name: number }[],
  self: Float64Array,
  critical: Float64Array,
  path: number,
): Statistic[] {
  const offset = new Uint32Array(groups.length + 1);
  for (let row = 0; row < o.length; row++) offset[group[row] + 1]++;
  for (let i = 0; i < groups.length; i++) offset[i + 1] += offset[i];
  const fill = offset.slice();
  const durations = new Float64Array(o.length);
  const errors = new Uint32Array(groups.length);
  const total = new Float64Array(groups.length);
  const own = new Float64Array(groups.length);
  const onPath = new Float64Array(groups.length);
  for (let row = 0; row < o.length; row++) {
    const at = group[row];
    durations[fill[at]++] = o.duration[row];
    total[at] += o.duration[row];
    own[at] += self[row];
    onPath[at] += critical[row];
    if (o.status[row] === Status.error) errors[at]++;
  }
  const list = groups.map(({ service, name }, at) => {
    const sorted = durations.subarray(offset[at], offset[at + 1]).sort();
    return {
      service,
      name,
      count: sorted.length,
      errors: errors[at],
      total: total[at],
      self: own[at],
      p50: quantile(sorted, 0.5),
      p95: quantile(sorted, 0.95),
      max: quantile(sorted, 1),
      critical: onPath[at],
      criticalShare: path > 0 ? onPath[at] / path : 0,
    };
  });
  return list
    .filter((statistic) => statistic.count > 0)
    .sort((a, b) => b.self - a.self || a.service - b.service || a.name - b.name);
}
