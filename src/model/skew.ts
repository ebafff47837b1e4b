/**
 * ns to add to a child's times so that it fits its parent, as Jaeger computes it: a child that starts early is centred in
 * its parent, or aligned with its start when it is longer.
 *
 *   parent      [==========]            parent      [====]
 *   child   [====]                      child    [==========]
 *   moved          [====]               moved       [==========]
 */
export function skewDelta(
  parentStart: number,
  parentDuration: number,
  childStart: number,
  childDuration: number,
): number {
  if (childDuration > parentDuration) return childStart < parentStart ? parentStart - childStart : 0;
  if (childStart >= parentStart && childStart + childDuration <= parentStart + parentDuration) return 0;
  const latency = Math.trunc((parentDuration - childDuration) / 2);
  return parentStart + latency - childStart;
}
