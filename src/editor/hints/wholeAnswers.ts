import type { Hotspot } from "../../model/hotspot.ts";

/** What a backend computed for one file. */
export interface FileAnswer {
  readonly hotspots: readonly Hotspot[];
  /** Unix ms: when it was asked. */
  readonly askedMs: number;
  /** Unix ms: the save since when the file's lines are as they were when it was asked; 0 where nobody knows. */
  readonly sinceMs: number;
}

const filesKept = 100;
/** Answers of one file, each of another of its texts. */
const textsKept = 3;

/** The newest answer of one backend for each file, and those from before its lines moved. */
export class WholeAnswers {
  readonly #files = new Map<string, readonly FileAnswer[]>();

  /** Answers whether it says anything new; one that is empty replaces only one of the same text. */
  set(file: string, answer: FileAnswer): boolean {
    const known = this.#files.get(file) ?? [];
    const same = known.find(({ sinceMs }) => sinceMs === answer.sinceMs);
    const older = known.filter(({ sinceMs }) => sinceMs < answer.sinceMs);
    const isSame = JSON.stringify(same?.hotspots ?? []) === JSON.stringify(answer.hotspots);
    if (isSame && older.length + Number(same !== undefined) === known.length) return false;
    this.#files.delete(file);
    this.#files.set(file, (answer.hotspots.length === 0 ? older : [answer, ...older]).slice(0, textsKept));
    for (const oldest of this.#files.keys()) {
      if (this.#files.size <= filesKept) break;
      this.#files.delete(oldest);
    }
    return true;
  }

  /** Those of the file that was answered last come first, and of one file the newest. */
  newestFirst(): FileAnswer[] {
    return [...this.#files.values()].reverse().flat();
  }
}
