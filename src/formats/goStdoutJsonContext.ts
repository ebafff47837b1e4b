import type { JsonCursor } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";
import type { JsonStrings } from "./jsonStrings.ts";

const contextKeys = new JsonKeys(["", "TraceID", "SpanID", "TraceFlags", "TraceState"]);

/** A SpanContext as Go prints it: the ids of the one read last, its flags, and its trace state as a text, -1 for none. */
export class GoStdoutJsonContext {
  readonly trace = new JsonId();
  readonly id = new JsonId();
  flags = 0;
  state = -1;
  readonly #cursor: JsonCursor;
  readonly #texts: JsonStrings;

  constructor(cursor: JsonCursor, texts: JsonStrings) {
    this.#cursor = cursor;
    this.#texts = texts;
  }

  clear(): void {
    this.trace.clear();
    this.id.clear();
    this.flags = 0;
    this.state = -1;
  }

  /** Reads the context at the cursor. */
  read(): void {
    const cursor = this.#cursor;
    this.clear();
    if (!cursor.object()) return;
    for (let field = cursor.member(contextKeys); field >= 0; field = cursor.member(contextKeys)) {
      if (field === 1) this.trace.read(cursor);
      else if (field === 2) this.id.readSpan(cursor);
      else if (field === 3) {
        cursor.any();
        this.flags = Number.parseInt(cursor.text(), 16) || 0;
      } else if (field === 4) {
        cursor.any();
        if (cursor.to > cursor.from && !cursor.is("null")) this.state = this.#texts.taken();
      } else cursor.skip();
    }
  }
}
