import { IntakeRefusal } from "../parts.ts";
import { ByteArrays } from "./byteArrays.ts";

/** The bytes of one request that are held. */
export interface Holding {
  /** Holds this many bytes in all from now on. Throws an IntakeRefusal when there are too many with those of others. */
  hold(bytes: number): void;
  /** An array of at least this many bytes, with anything in it, which is this request's until its release. */
  lend(size: number): Uint8Array<ArrayBuffer>;
  release(): void;
}

/** Arrays of so many bytes are kept for the requests that come next. */
const keptBytes = 16 << 20;

/** The bytes of all requests that are being read or stored. A request that is alone may always go on: its own limit holds it. */
export class InFlight {
  readonly #most: number;
  readonly #arrays = new ByteArrays(keptBytes);
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get full(): boolean {
    return this.#held >= this.#most;
  }

  begin(): Holding {
    let own = 0;
    const lent: Uint8Array<ArrayBuffer>[] = [];
    return {
      hold: (bytes) => {
        const others = this.#held - own;
        if (others > 0 && others + bytes > this.#most) throw overloaded();
        this.#held += bytes - own;
        own = bytes;
      },
      lend: (size) => {
        const array = this.#arrays.lend(size);
        // One that is not kept anyway need not be held until the end of the request, which may have outgrown it.
        if (this.#arrays.keeps(array)) lent.push(array);
        return array;
      },
      release: () => {
        this.#held -= own;
        own = 0;
        for (const array of lent.splice(0)) this.#arrays.giveBack(array);
      },
    };
  }
}

export function overloaded(): IntakeRefusal {
  return new IntakeRefusal("Traceline is receiving more than it can take at once.", 1);
}
