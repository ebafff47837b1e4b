import { type Outline, Status } from "./trace.ts";

/** What a span must be to be kept: all that is given must hold. */
export interface SpanFilter {
  /** Indexes into the outline's services. */
  readonly services?: ReadonlySet<number>;
  /** Only spans that failed. */
  readonly errors?: boolean;
  /** ns */
  readonly minDuration?: number;
  /** Rows, in any order. */
  readonly matches?: ArrayLike<number>;
}

/** 1 for each row that the filter keeps; an empty filter keeps all. Made for `visibleRows`. */
export function keepRows(o: Outline, filter: SpanFilter): Uint8Array {
  const kept = new Uint8Array(o.length);
  if (filter.matches === undefined) kept.fill(1);
  else for (let i = 0; i < filter.matches.length; i++) kept[filter.matches[i]] = 1;
  const { services, errors } = filter;
  const minDuration = filter.minDuration ?? 0;
  const allowed = new Uint8Array(o.services.length);
  for (let i = 0; i < allowed.length; i++) allowed[i] = services === undefined || services.has(i) ? 1 : 0;
  for (let row = 0; row < o.length; row++) {
    if (allowed[o.service[row]] === 0 || o.duration[row] < minDuration) kept[row] = 0;
    else if (errors === true && o.status[row] !== Status.error) kept[row] = 0;
  }
  return kept;
}
