import { UserError } from "../base/userError.ts";
import type { SpanSink } from "../model/spanSink.ts";
import type { Decoder } from "./format.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { isJsonCut, isJsonFault, jsonDepth, needMore } from "./jsonFault.ts";
import type { ArrayShape, JsonShape, ObjectShape } from "./jsonShape.ts";

/** Chunks are read in pieces that stay in the processor's cache. */
const pieceSize = 1 << 18;
/** How deep documents may lie in lists; shapes that can be nested in themselves end here. */
const outerDepth = 64;
/** How many damaged lines are named. */
const namedFaults = 10;

/**
 * Walks JSON documents, one or many behind each other (JSON Lines, pretty-printed, or on one line), along a shape. Between
 * two steps it can wait for bytes for ever: its whole state is the stack. A damaged document among good ones is a note, and
 * reading goes on at the next line that begins with a bracket; when no document is good, the first error is thrown.
 */
export class JsonDocuments implements Decoder {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #root: JsonShape;
  readonly #stack: (ObjectShape | ArrayShape)[] = [];
  /** The shape of the value the cursor is at, when it has been reached and not been read. */
  #value: JsonShape;
  #reached = false;
  #begun = false;
  /** Looking for the next line that a document begins. */
  #lost = false;
  #documents = 0;
  #documentAt = 0;
  #faults = 0;
  #firstFault: UserError | undefined;
  /** Where the step that is being made began. */
  #mark = 0;
  #markFirst = false;

  constructor(cursor: JsonCursor, sink: SpanSink, root: JsonShape) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#root = root;
  }

  write(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; from += pieceSize) {
      this.#cursor.append(chunk.subarray(from, from + pieceSize));
      if (this.#cursor.ready()) this.#run();
    }
  }

  end(): void {
    this.#cursor.last = true;
    this.#run();
    if (this.#firstFault !== undefined && this.#documents === 0) throw this.#firstFault;
    if (this.#faults > namedFaults) {
      this.#sink.note("further damaged lines were skipped", this.#faults - namedFaults);
    }
    if (this.#documents === 0) throw new UserError("The text is empty: it holds no JSON.");
  }

  #run(): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    for (;;) {
      try {
        if (this.#begun || this.#begin()) this.#walk();
        cursor.retreat(cursor.at, true);
        return;
      } catch (error) {
        if (error === needMore) {
          cursor.first = this.#markFirst;
          cursor.retreat(this.#mark, this.#mark > start);
          return;
        }
        if (!isJsonFault(error)) throw error;
        this.#fault(error);
      }
    }
  }

  /** Looks at the text's first bytes: passes over a byte order mark and refuses what is not UTF-8. */
  #begin(): boolean {
    const cursor = this.#cursor;
    if (cursor.end < 4 && !cursor.last) return false;
    const [a, b, c] = cursor.bytes;
    if (a === 0xff && b === 0xfe) throw utf16("little-endian");
    if (a === 0xfe && b === 0xff) throw utf16("big-endian");
    if (cursor.end > 3 && a !== 0 && b === 0) throw utf16("little-endian");
    if (cursor.end > 3 && a === 0 && b !== 0) throw utf16("big-endian");
    if (a === 0xef && b === 0xbb && c === 0xbf) cursor.at = 3;
    this.#begun = true;
    return true;
  }

  #walk(): void {
    const cursor = this.#cursor;
    const stack = this.#stack;
    for (;;) {
      this.#step();
      if (this.#reached) {
        this.#enter();
        this.#reached = false;
      } else if (stack.length === 0) {
        if (!this.#nextDocument()) return;
      } else {
        const top = stack[stack.length - 1];
        if (top.kind === "array") {
          if (typeof top.each === "function") this.#readAll(top.each);
          else if (cursor.element()) {
            this.#reach(top.each);
            continue;
          }
          this.#leave();
        } else {
          const field = cursor.member(top.keys);
          if (field >= 0) this.#reach(top.members[field]);
          else this.#leave();
        }
      }
    }
  }

  /** Reads elements as long as they are all here: the loop in which nearly all time is spent. */
  #readAll(read: () => void): void {
    const cursor = this.#cursor;
    while (cursor.element()) {
      read();
      this.#step();
    }
  }

  #step(): void {
    this.#mark = this.#cursor.at;
    this.#markFirst = this.#cursor.first;
  }

  #reach(shape: JsonShape): void {
    this.#value = shape;
    this.#reached = true;
    this.#step();
  }

  #enter(): void {
    const cursor = this.#cursor;
    let shape = this.#value;
    const byte = cursor.peek();
    while (shape !== undefined && typeof shape === "object" && shape.kind === "choice")
      shape = shape.pick(byte);
    if (typeof shape === "function") {
      shape();
    } else if (shape !== undefined && byte === (shape.kind === "object" ? Token.object : Token.array)) {
      if (this.#stack.length === outerDepth) throw jsonDepth(outerDepth, cursor.offset(cursor.at));
      cursor.open();
      this.#stack.push(shape as ObjectShape | ArrayShape);
      if (shape.kind === "object") shape.begin?.();
    } else {
      cursor.skip();
    }
    if (this.#stack.length === 0) this.#documents++;
  }

  #leave(): void {
    const left = this.#stack.pop();
    if (left?.kind === "object") left.end?.();
    if (this.#stack.length === 0) this.#documents++;
  }

  /** Goes to the next document; false when there is none, or none yet. */
  #nextDocument(): boolean {
    const cursor = this.#cursor;
    if (this.#lost && !this.#findLine()) return false;
    if (!cursor.pastSpace()) return false;
    const byte = cursor.bytes[cursor.at];
    this.#documentAt = cursor.offset(cursor.at);
    if (byte !== Token.object && byte !== Token.array) throw cursor.fault(cursor.at, "{ or [");
    this.#reach(this.#root);
    return true;
  }

  /** Goes to the next line that begins with a bracket; what lies before is dropped. */
  #findLine(): boolean {
    const cursor = this.#cursor;
    const { bytes, end } = cursor;
    for (
      let index = bytes.indexOf(10, cursor.at);
      index >= 0 && index < end;
      index = bytes.indexOf(10, index + 1)
    ) {
      const next = bytes[index + 1];
      if (index + 1 >= end) {
        cursor.at = index;
        return false;
      }
      if (next !== Token.object && next !== Token.array) continue;
      cursor.at = index + 1;
      this.#lost = false;
      return true;
    }
    cursor.at = end;
    return false;
  }

  #fault(error: UserError): void {
    const cursor = this.#cursor;
    this.#firstFault ??= error;
    this.#stack.length = 0;
    this.#reached = false;
    cursor.at = this.#mark;
    cursor.first = false;
    this.#lost = true;
    this.#faults++;
    if (isJsonCut(error)) {
      cursor.at = cursor.end;
      if (this.#documents > 0) this.#sink.note("The last line is incomplete: what it holds so far was read.");
    } else if (this.#faults <= namedFaults) {
      this.#sink.note(
        `The line at byte ${this.#documentAt} is damaged and the rest of it was skipped. ${error.message}`,
      );
    }
  }
}

function utf16(order: string): UserError {
  return new UserError(`This is UTF-16 text (${order}). Save it as UTF-8 and open it again.`);
}
