import { type FollowedLine, followLine, type LineEdit } from "./lineAnchor.ts";

/** Edits kept of one document; a line that older ones have moved is not known any more. */
const mostEdits = 2000;
const mostGenerations = 1000;

/**
 * The texts that one document has had as saved: a save after lines came or went begins a new generation, and a line that a
 * program named counts in the text of its time. A generation is named by its start, Unix ms; the first one's is 0.
 */
export class TextGenerations {
  readonly #starts: number[] = [];
  /** How many edits came before each of the starts. */
  readonly #begins: number[] = [];
  readonly #edits: { readonly edit: LineEdit; readonly ms: number }[] = [];
  #dropped = 0;
  /** How many edits there were when the text was last saved, or read anew. */
  #saved = 0;
  /** How many edits there were when lines last came or went. */
  #lastBreak = 0;
  #isFirstKnown = true;

  /** `sinceMs`: since when the text is as it is now; 0 when nobody knows of another one. */
  constructor(sinceMs = 0) {
    if (sinceMs === 0) return;
    this.#isFirstKnown = false;
    this.#starts.push(sinceMs);
    this.#begins.push(0);
  }

  /** Of all generations but the first, ascending. */
  get starts(): readonly number[] {
    return this.#starts;
  }

  get lastStart(): number {
    return this.#starts.at(-1) ?? 0;
  }

  /** How many edits there have been. */
  get edited(): number {
    return this.#dropped + this.#edits.length;
  }

  /** Unix ms: when the first edit was made that is not saved; undefined when there is none, or it is not kept any more. */
  get unsavedSince(): number | undefined {
    return this.#saved < this.#dropped ? undefined : this.#edits[this.#saved - this.#dropped]?.ms;
  }

  /** The text was edited; typing within one line is one edit. */
  follow(edits: readonly LineEdit[], ms: number): void {
    for (const edit of edits) {
      const last = this.#edits.at(-1)?.edit;
      const isTyping = last !== undefined && this.#saved !== this.edited;
      if (isTyping && !breaks(edit) && !breaks(last) && edit.startLine === last.startLine) continue;
      this.#edits.push({ edit, ms });
      if (breaks(edit)) this.#lastBreak = this.edited;
    }
    if (this.#edits.length > mostEdits) {
      const surplus = this.#edits.length - (mostEdits * 3) / 4;
      this.#edits.splice(0, surplus);
      this.#dropped += surplus;
    }
  }

  /** The text was saved, or read anew, as it was after `edited` edits. */
  begin(ms: number, edited = this.edited): void {
    this.#saved = edited;
    if (this.#lastBreak <= (this.#begins.at(-1) ?? 0)) return;
    this.#starts.push(Math.max(ms, this.lastStart + 1));
    this.#begins.push(edited);
    if (this.#starts.length <= mostGenerations) return;
    this.#starts.shift();
    this.#begins.shift();
    this.#isFirstKnown = false;
  }

  /** The first `edited` edits have left the text as it was saved last: those since then have been taken back. */
  restore(edited = this.edited): void {
    if (this.#saved < this.#dropped || edited <= this.#saved) return;
    this.#edits.splice(this.#saved - this.#dropped, edited - this.#saved);
    this.#lastBreak = this.#dropped + this.#edits.findLastIndex(({ edit }) => breaks(edit)) + 1;
  }

  /** Where a line of a generation is now; undefined when that is not known. */
  lineOf(generation: number, line: number): FollowedLine | undefined {
    if (generation === 0) return this.#isFirstKnown ? this.#followed(line, 0) : undefined;
    const at = this.#starts.indexOf(generation);
    return at < 0 ? undefined : this.#followed(line, this.#begins[at]);
  }

  /** Where a line that was found in the unsaved text of that time is now; undefined when that is not known. */
  lineFound(ms: number, line: number): FollowedLine | undefined {
    if (!this.#isFirstKnown && ms < this.#starts[0]) return undefined;
    const later = this.#edits.findIndex((one) => one.ms > ms);
    if (later === 0 && this.#dropped > 0) return undefined;
    return this.#followed(line, later < 0 ? this.edited : this.#dropped + later);
  }

  #followed(line: number, begin: number): FollowedLine | undefined {
    if (begin < this.#dropped) return undefined;
    return followLine(
      line,
      this.#edits.slice(begin - this.#dropped).map(({ edit }) => edit),
    );
  }
}

/** The generation of a time: the last of the ascending starts that is not later, 0 for the first generation. */
export function generationOf(ms: number, starts: readonly number[]): number {
  for (let i = starts.length - 1; i >= 0; i--) if (starts[i] <= ms) return starts[i];
  return 0;
}

function breaks({ startLine, endLine, newLines }: LineEdit): boolean {
  return startLine < endLine || newLines > 0;
}
