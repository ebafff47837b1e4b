import type { TraceQuery } from "../backend.ts";
import type { StationListener } from "./station.ts";
import type { TraceReading } from "./traceStore.ts";

/** Between two looks at what has changed. */
const lookMs = 100;
/** Traces told at first: those that were kept before. */
const keptTold = 100;

/** Tells of the traces that are new or have grown, whoever receives them. */
export class ChangeWatch {
  readonly #listener: Pick<StationListener, "tracesChanged" | "log">;
  #seen = 0;
  /** Why the last look failed, which is told once; "" when it did not. */
  #fault = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(listener: Pick<StationListener, "tracesChanged" | "log">) {
    this.#listener = listener;
  }

  /** What was there before is told as the newest of it; from then on, what changes. */
  begin(reader: TraceReading): void {
    clearInterval(this.#timer);
    this.#look(() => {
      while (this.#changed(reader).length > 0);
      this.#tell(reader.search(everything).summaries);
    });
    this.#timer = setInterval(() => this.#look(() => this.#tell(this.#changed(reader))), lookMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #changed(reader: TraceReading): Parameters<StationListener["tracesChanged"]>[0] {
    const { next, summaries } = reader.changes(this.#seen);
    const isNew = next !== this.#seen;
    this.#seen = next;
    return isNew ? summaries : [];
  }

  #tell(summaries: Parameters<StationListener["tracesChanged"]>[0]): void {
    if (summaries.length > 0) this.#listener.tracesChanged(summaries);
  }

  #look(action: () => void): void {
    try {
      action();
      this.#fault = "";
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.#fault) this.#listener.log(`What was received could not be read: ${fault}`);
      this.#fault = fault;
    }
  }
}

const everything: TraceQuery = {
  service: "",
  operation: "",
  tags: new Map(),
  minDurationNs: 0,
  maxDurationNs: 0,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
  limit: keptTold,
};
