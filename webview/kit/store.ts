/** A value that views watch: `set` takes what changes and tells each watcher which keys did. */
export interface Store<T extends object> {
  get(): Readonly<T>;
  set(change: Partial<T>): void;
  /** Calls `listener` after each change that touches one of `keys`; what it returns ends the watch. */
  watch(keys: readonly (keyof T)[], listener: (state: Readonly<T>) => void): () => void;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let state: T = initial;
  const watchers = new Set<{ keys: readonly (keyof T)[]; listener: (state: Readonly<T>) => void }>();
  return {
    get: () => state,
    set(change) {
      const changed = (Object.keys(change) as (keyof T)[]).filter((key) => state[key] !== change[key]);
      if (changed.length === 0) return;
      state = { ...state, ...change };
      for (const watcher of [...watchers]) {
        if (watcher.keys.some((key) => changed.includes(key))) watcher.listener(state);
      }
    },
    watch(keys, listener) {
      const watcher = { keys, listener };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
