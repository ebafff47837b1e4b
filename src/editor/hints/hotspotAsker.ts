import type { BuiltScript } from "../../source/maps/builtFrom.ts";

/** A file that is looked at, by its id, and what it is asked for by: the last segments of its path. */
export interface ShownFile {
  readonly file: string;
  readonly tail: string;
  /** What it was compiled to, which programs may name instead. */
  readonly built?: readonly BuiltScript[];
}

/** What the asker needs of the world. */
export interface AskerWorld<Answer> {
  ask(origin: string, shown: ShownFile, signal: AbortSignal): Promise<Answer>;
  answered(origin: string, file: string, answer: Answer): void;
  /** Not told of what was aborted. Answers false to be asked no more for this origin. */
  failed(origin: string, file: string, error: unknown): boolean;
  now(): number;
  /** Whether somebody is there to look: else nothing is asked again until `show` is called. */
  isWatched(): boolean;
}

/** How long an answer holds, ms. */
const answerHolds = 60_000;
/** How long files have to stay in view before they are asked for, ms: switching through tabs asks for none. */
const settles = 300;
const mostAtATime = 4;

/**
 * Asks a backend for the latencies of the files in view: each once a minute at most, four at a time, only while they are in
 * view; another origin ends what is under way.
 */
export class HotspotAsker<Answer> {
  readonly #world: AskerWorld<Answer>;
  readonly #asked = new Map<string, number>();
  readonly #refused = new Set<string>();
  #origin = "";
  #shown: readonly ShownFile[] = [];
  #running = new Map<string, AbortController>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(world: AskerWorld<Answer>) {
    this.#world = world;
  }

  /** The files in view now, and the origin they are asked of; "" for none. */
  show(origin: string, files: readonly ShownFile[]): void {
    if (origin !== this.#origin) this.#abort();
    this.#origin = origin;
    this.#shown = files;
    this.#begin();
  }

  /** Asks everything anew: another time range, or a backend that was changed. */
  forget(): void {
    this.#abort();
    this.#asked.clear();
    this.#refused.clear();
    this.#begin();
  }

  /** There is more than was answered: what is in view is asked for again, and nothing that is under way is ended. */
  expire(): void {
    this.#asked.clear();
    this.#askDue();
  }

  dispose(): void {
    this.#abort();
    this.#shown = [];
    clearTimeout(this.#timer);
  }

  #abort(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running = new Map();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    if (this.#origin === "" || this.#shown.length === 0) return;
    this.#timer = setTimeout(() => this.#askDue(), settles);
  }

  /** What is still in view when the answers no longer hold is asked for again. */
  #again(): void {
    clearTimeout(this.#timer);
    if (this.#shown.length === 0) return;
    this.#timer = setTimeout(() => {
      if (this.#world.isWatched()) this.#askDue();
    }, answerHolds);
  }

  #askDue(): void {
    const now = this.#world.now();
    const keyOf = ({ file }: ShownFile) => `${this.#origin}\n${file}`;
    for (const shown of this.#refused.has(this.#origin) ? [] : this.#shown) {
      const key = keyOf(shown);
      if (this.#running.size >= mostAtATime) return;
      if (this.#running.has(key) || now - (this.#asked.get(key) ?? Number.NEGATIVE_INFINITY) < answerHolds)
        continue;
      void this.#ask(key, shown);
    }
    if (this.#running.size === 0) this.#again();
  }

  async #ask(key: string, shown: ShownFile): Promise<void> {
    const { file } = shown;
    const origin = this.#origin;
    const running = this.#running;
    const controller = new AbortController();
    running.set(key, controller);
    this.#asked.set(key, this.#world.now());
    try {
      const answer = await this.#world.ask(origin, shown, controller.signal);
      if (!controller.signal.aborted) this.#world.answered(origin, file, answer);
    } catch (error) {
      if (controller.signal.aborted) this.#asked.delete(key);
      else if (!this.#world.failed(origin, file, error)) this.#refused.add(origin);
    }
    running.delete(key);
    if (running === this.#running) this.#askDue();
  }
}
