/** Lets at most `width` tasks run at a time; the others wait in order, and leave when their signal aborts. */
export function gate(width: number): <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  let free = width;
  const waiting = new Set<() => void>();

  function enter(signal: AbortSignal): Promise<void> {
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(go);
        reject(signal.reason);
      };
      const go = () => {
        waiting.delete(go);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  return async (task, signal) => {
    signal.throwIfAborted();
    await enter(signal);
    try {
      return await task();
    } finally {
      const next = waiting.values().next();
      if (next.done) free++;
      else next.value();
    }
  };
}
