interface Flight<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Runs equal tasks once: who asks for `key` while it is being answered waits for that answer. The task is aborted when
 * the last of those waiting has gone.
 */
export function shared<T>(): (
  key: string,
  task: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T> {
  const flights = new Map<string, Flight<T>>();

  function take(key: string, task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const known = flights.get(key);
    if (known !== undefined && !known.controller.signal.aborted) return known;
    const controller = new AbortController();
    const answer = task(controller.signal).finally(() => {
      if (flights.get(key)?.controller === controller) flights.delete(key);
    });
    // Every waiter may have left before it fails; each of them has been told its own reason.
    answer.catch(() => {});
    const flight = { answer, controller, waiters: 0 };
    flights.set(key, flight);
    return flight;
  }

  return async (key, task, signal) => {
    signal.throwIfAborted();
    const flight = take(key, task);
    flight.waiters++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
    });
    try {
      return await Promise.race([flight.answer, left]);
    } finally {
      signal.removeEventListener("abort", leave);
      flight.waiters--;
      if (flight.waiters === 0) flight.controller.abort(signal.reason);
    }
  };
}
