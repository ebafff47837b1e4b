/** Texts are kept this long after one was last asked for: about as long as one look-up of many spans takes. */
const keptMs = 15_000;
/** Characters kept; what does not fit is read again. */
const capacity = 16_000_000;

/** Texts of files while somebody looks through them: a search for many names reads each file once. */
export class TextCache {
  readonly #texts = new Map<string, string | undefined>();
  #size = 0;
  #timer: NodeJS.Timeout | undefined;

  /** The text under `key`, read by `read` when it is not kept. */
  async get(key: string, read: () => Promise<string | undefined>): Promise<string | undefined> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), keptMs);
    this.#timer.unref();
    if (this.#texts.has(key)) return this.#texts.get(key);
    const text = await read();
    const size = text?.length ?? 0;
    if (this.#size + size <= capacity && !this.#texts.has(key)) {
      this.#size += size;
      this.#texts.set(key, text);
    }
    return text;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#texts.clear();
    this.#size = 0;
  }
}
