/** The turn of one of many. */
export interface Turn {
  /** Resolves to true when it has come, and to false when it ended before. */
  readonly come: Promise<boolean>;
  readonly waits: boolean;
  /** Lets the next one go on, or gives up the wait. It may end more than once. */
  end(): void;
}

/** Lets a few go on at a time; the others wait, and go on in the order in which they came. */
export class Turns {
  readonly #most: number;
  /** What lets each go on, first come first. */
  readonly #waiting = new Set<() => void>();
  #going = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(): Turn {
    let resolve = (_come: boolean): void => {};
    const come = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    let state: "waits" | "goes" | "over" = "waits";
    const go = (): void => {
      state = "goes";
      this.#going++;
      resolve(true);
    };
    if (this.#going < this.#most) go();
    else this.#waiting.add(go);
    return {
      come,
      get waits() {
        return state === "waits";
      },
      end: () => {
        const was = state;
        state = "over";
        if (was === "waits") {
          this.#waiting.delete(go);
          resolve(false);
        } else if (was === "goes") {
          this.#going--;
          this.#next();
        }
      },
    };
  }

  #next(): void {
    const [go] = this.#waiting;
    if (go === undefined) return;
    this.#waiting.delete(go);
    go();
  }
}
