import type { Files, Location, SymbolHit } from "../../../src/source/files.ts";

/** A workspace in memory that keeps what it is asked. Ids are URIs below file:///w/. */
export class MemoryFiles implements Files {
  readonly asked: string[] = [];
  readonly #texts = new Map<string, string>();
  readonly #symbols: readonly SymbolHit[];

  constructor(texts: Readonly<Record<string, string>>, symbols: readonly SymbolHit[] = []) {
    for (const [path, text] of Object.entries(texts)) this.#texts.set(idOf(path), text);
    this.#symbols = symbols;
  }

  get ids(): readonly string[] {
    return [...this.#texts.keys()];
  }

  async named(name: string): Promise<readonly string[]> {
    this.asked.push(`named ${name}`);
    return this.ids.filter((id) => decodeURIComponent(id.slice(id.lastIndexOf("/") + 1)) === name);
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

/** A text of `count` lines, some of them given by number. */
export function textOfLines(count: number, lines: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, i) => lines[i + 1] ?? `// ${i + 1}`).join("\n");
}
