import type { Identities } from "./identities.ts";
import { type Children, preorder } from "./preorder.ts";
import { skewDelta } from "./skew.ts";
import type { SpanTimes } from "./spanTimes.ts";
import { TimeFault } from "./spanTimes.ts";
import { Kind } from "./trace.ts";

/** By how much each record was moved (ns; undefined when none was), and who starts before its parent unmoved (ns early). */
export interface Moved {
  readonly delta: Float64Array | undefined;
  readonly early: Float64Array | undefined;
}

/** Starts this much earlier than the parent's are rounding, not clocks: many SDKs count milliseconds. */
const tolerance = 1_000_000;

/**
 * Gives spans without a time their parent's start, and moves what a wrong clock has put before its parent. A span is moved
 * only when it starts before its parent on another host that both name; one that merely ends late is legitimate
 * asynchronous work, and a consumer may start whenever it likes.
 */
export function moveSkewed(
  children: Children,
  parent: Int32Array,
  times: SpanTimes,
  ids: Identities,
  kindOf: (record: number) => number,
  hostOf: (record: number) => number,
): Moved {
  const { start, duration, fault } = times;
  let delta: Float64Array | undefined;
  let early: Float64Array | undefined;
  for (const i of preorder(children)) {
    const up = parent[i];
    if (up < 0) continue;
    if (
      (fault[i] & (TimeFault.noStart | TimeFault.outOfRange)) !== 0 &&
      duration[i] === 0 &&
      start[i] === 0
    ) {
      start[i] = start[up];
      continue;
    }
    const host = hostOf(i);
    if (delta !== undefined && delta[up] !== 0 && (host === hostOf(up) || ids.client[i] === up)) {
      delta[i] = delta[up];
      start[i] += delta[i];
      continue;
    }
    const lead = start[up] - start[i];
    if (lead < tolerance || (kindOf(i) === Kind.consumer && kindOf(up) === Kind.producer)) continue;
    if (host === 0 || hostOf(up) === 0 || host === hostOf(up)) {
      early ??= new Float64Array(start.length);
      early[i] = lead;
      continue;
    }
    delta ??= new Float64Array(start.length);
    delta[i] = skewDelta(start[up], duration[up], start[i], duration[i]);
    start[i] += delta[i];
  }
  return { delta, early };
}
