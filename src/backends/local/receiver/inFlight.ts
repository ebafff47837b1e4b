import { IntakeRefusal } from "../parts.ts";

/** The bytes of one request that are held. */
export interface Holding {
  /** Holds this many bytes in all from now on. Throws an IntakeRefusal when there are too many with those of others. */
  hold(bytes: number): void;
  release(): void;
}

/** The bytes of all requests that are being read or stored. A request that is alone may always go on: its own limit holds it. */
export class InFlight {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get full(): boolean {
    return this.#held >= this.#most;
  }

  begin(): Holding {
    let own = 0;
    return {
      hold: (bytes) => {
        const others = this.#held - own;
        if (others > 0 && others + bytes > this.#most) throw overloaded();
        this.#held += bytes - own;
        own = bytes;
      },
      release: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}

export function overloaded(): IntakeRefusal {
  return new IntakeRefusal("Traceline is receiving more than it can take at once.", 1);
}
