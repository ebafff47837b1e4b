import type { Files, Location, SymbolHit, WrittenMap } from "../../../src/source/files.ts";
import { isScript } from "../../../src/source/maps/mappingUrl.ts";
import { readSourceMap } from "../../../src/source/maps/readSourceMap.ts";

/** Texts by their workspace-relative path. */
export type Texts = Readonly<Record<string, string>>;

/** A workspace in memory that keeps what it is asked. Ids are URIs below file:///w/; `built` is what builds have written. */
export class MemoryFiles implements Files {
  readonly asked: string[] = [];
  /** Unix ms by path; 0 for all others. */
  readonly written = new Map<string, number>();
  readonly #texts = new Map<string, string>();
  readonly #symbols: readonly SymbolHit[];
  readonly #built = new Set<string>();

  constructor(texts: Texts, symbols: readonly SymbolHit[] = [], built: Texts = {}) {
    for (const [path, text] of Object.entries({ ...texts, ...built })) this.#texts.set(idOf(path), text);
    for (const path of Object.keys(built)) this.#built.add(idOf(path));
    this.#symbols = symbols;
  }

  get ids(): readonly string[] {
    return [...this.#texts.keys()];
  }

  async built(name: string): Promise<readonly string[]> {
    this.asked.push(`built ${name}`);
    return [...this.#built].filter((id) => nameOf(id) === name);
  }

  async sourceMap(file: string): Promise<WrittenMap | undefined> {
    this.asked.push(`map ${file}`);
    const text = this.#texts.get(file);
    if (text === undefined) return undefined;
    const writtenMs = this.written.get(decodeURIComponent(file.slice("file:///w/".length))) ?? 0;
    return { ...readSourceMap(new TextEncoder().encode(text), isScript(file)), writtenMs };
  }

  async named(name: string): Promise<readonly string[]> {
    this.asked.push(`named ${name}`);
    return this.ids.filter((id) => !this.#built.has(id) && nameOf(id) === name);
  }

  async text(file: string): Promise<string | undefined> {
    this.asked.push(`text ${file}`);
    return this.#texts.get(file);
  }

  async symbols(name: string): Promise<readonly SymbolHit[]> {
    this.asked.push(`symbols ${name}`);
    return this.#symbols.filter((hit) => hit.name.includes(name));
  }

  async search(literal: string, limit: number): Promise<readonly Location[]> {
    this.asked.push(`search ${literal}`);
    const hits: Location[] = [];
    for (const [file, text] of this.#texts) {
      if (this.#built.has(file)) continue;
      text.split("\n").forEach((line, i) => {
        const at = line.indexOf(literal);
        if (at >= 0) hits.push({ file, line: i + 1, column: at + 1 });
      });
    }
    return hits.slice(0, limit);
  }
}

/** The id of a workspace-relative path. */
export function idOf(path: string): string {
  return `file:///w/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function nameOf(id: string): string {
  return decodeURIComponent(id.slice(id.lastIndexOf("/") + 1));
}

/** A text of `count` lines, some of them given by number. */
export function textOfLines(count: number, lines: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, i) => lines[i + 1] ?? `// ${i + 1}`).join("\n");
}
