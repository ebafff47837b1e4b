import type { SpanSink } from "../model/spanSink.ts";
import { StringPool } from "../model/stringPool.ts";
import type { JsonCursor } from "./jsonCursor.ts";

/** Resources that every span writes out anew: equal bytes are one resource, and only the first is read. */
export class ResourcesByText {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #texts = new StringPool();
  readonly #resources: number[] = [];
  #none = -1;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
  }

  /** The resource of the value at the cursor, which `read` puts into `resourceAttributes` when it is new. */
  at(read: () => void): number {
    const cursor = this.#cursor;
    cursor.peek();
    const from = cursor.at;
    cursor.skip();
    const end = cursor.at;
    const index = this.#texts.intern(cursor.bytes, from, end);
    if (index === this.#resources.length) {
      const resource = this.#sink.addResource();
      this.#resources.push(resource);
      this.#sink.openResource();
      cursor.at = from;
      read();
      cursor.at = end;
      this.#sink.closeResource(resource);
    }
    return this.#resources[index];
  }

  /** The resource of a span that names none. */
  none(): number {
    if (this.#none < 0) this.#none = this.#sink.addResource();
    return this.#none;
  }
}
