/** Runs one task at a time and ends the one before: a late answer never overwrites a newer one. */
export function latest(): <T>(task: (signal: AbortSignal) => Promise<T>) => Promise<T> {
  let current: { abort(reason?: unknown): void } | undefined;
  return async (task) => {
    current?.abort(new Superseded());
    const controller = new AbortController();
    current = controller;
    const result = await task(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  };
}

/** The reason of a task that was ended because a newer one began: nobody needs to be told. */
export class Superseded extends Error {
  constructor() {
    super("A newer request took its place.");
    this.name = "AbortError";
  }
}
