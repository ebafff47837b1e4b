import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** How many of the machine's cores have nothing to do, measured for `ms`; what a hypervisor takes away counts as used. */
export async function idleCores(ms = 700): Promise<number> {
  const before = idleMs();
  const began = performance.now();
  await sleep(ms);
  return (idleMs() - before) / (performance.now() - began);
}

/** Waits until all but a quarter of a core is idle, at most `patience` s; answers how many cores others use. */
export async function quietMachine(patience: number): Promise<number> {
  const cores = cpus().length;
  const until = performance.now() + patience * 1000;
  for (;;) {
    const busy = Math.max(0, cores - (await idleCores()));
    if (busy <= 0.25 || performance.now() >= until) return busy;
    await sleep(1000);
  }
}

function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}

/** The middle of some figures; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? sorted[half]
    : sorted.length === 0
      ? undefined
      : (sorted[half - 1] + sorted[half]) / 2;
}
