import type { Files, Location, SymbolHit, WrittenMap } from "./files.ts";

/**
 * What one resolution asks of the workspace, each thing once. It is the only way from a trace's text to `Files`: names
 * and literals that are not plain are answered with nothing before they get there.
 */
export class WorkspaceText {
  readonly signal: AbortSignal;
  readonly #files: Files;
  readonly #asked = new Map<string, Promise<unknown>>();

  constructor(files: Files, signal: AbortSignal) {
    this.#files = files;
    this.signal = signal;
  }

  /** Known files with this last segment. */
  named(name: string): Promise<readonly string[]> {
    if (!isPlainName(name)) return Promise.resolve([]);
    return this.#once(`n${name}`, () => this.#files.named(name, this.signal));
  }

  /** Known scripts and source maps with this last segment in the folders that builds write. */
  built(name: string): Promise<readonly string[]> {
    if (!isPlainName(name)) return Promise.resolve([]);
    return this.#once(`b${name}`, () => this.#files.built(name, this.signal));
  }

  /** What a known script or source map says of where it comes from. */
  sourceMap(file: string): Promise<WrittenMap | undefined> {
    return this.#once(`m${file}`, () => this.#files.sourceMap(file, this.signal));
  }

  /** The lines of a known file, or undefined when it cannot be read. */
  lines(file: string): Promise<readonly string[] | undefined> {
    return this.#once(`t${file}`, async () =>
      (await this.#files.text(file, this.signal))?.split(/\r\n|\n|\r/),
    );
  }

  symbols(name: string): Promise<readonly SymbolHit[]> {
    if (!/^[\p{L}\p{N}_$#?!~]{1,200}$/u.test(name)) return Promise.resolve([]);
    return this.#once(`s${name}`, () => this.#files.symbols(name, this.signal));
  }

  search(literal: string, limit: number): Promise<readonly Location[]> {
    if (!/^[^\u0000-\u001f]{2,200}$/.test(literal)) return Promise.resolve([]);
    return this.#once(`l${limit} ${literal}`, () => this.#files.search(literal, limit, this.signal));
  }

  /** Rejects once the caller has given up, even if the workspace answered after all. */
  async #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    let answer = this.#asked.get(key) as Promise<T> | undefined;
    if (answer === undefined) {
      answer = ask();
      this.#asked.set(key, answer);
    }
    const result = await answer;
    this.signal.throwIfAborted();
    return result;
  }
}

function isPlainName(name: string): boolean {
  return /^[^\\/:*?"<>|\u0000-\u001f]{1,255}$/.test(name) && name !== "." && name !== "..";
}
