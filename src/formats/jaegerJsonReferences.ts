import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonId } from "./jsonId.ts";
import { JsonKeys } from "./jsonKeys.ts";

const referenceKeys = new JsonKeys([
  "",
  "refType ref_type",
  "traceID traceId trace_id",
  "spanID spanId span_id",
]);

interface Reference {
  readonly trace: JsonId;
  readonly span: JsonId;
  child: boolean;
}

/**
 * A span's references. The first one into its own trace, of either type, names the parent, as Jaeger's UI has it; all others
 * are links.
 */
export class JaegerJsonReferences {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #list: Reference[] = [];
  #count = 0;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
  }

  begin(): void {
    this.#count = 0;
  }

  /** Reads the list at the cursor. */
  read(): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      const reference = this.#next();
      for (let field = cursor.member(referenceKeys); field >= 0; field = cursor.member(referenceKeys)) {
        if (field === 1 && cursor.peek() === Token.string) {
          cursor.string();
          reference.child = cursor.is("CHILD_OF");
        } else if (field === 2) reference.trace.read(cursor);
        else if (field === 3) reference.span.readSpan(cursor);
        else cursor.skip();
      }
      if (reference.span.empty) this.#count--;
    }
  }

  /** Gives the span its parent and its links, when its trace id is known. */
  end(trace: JsonId): void {
    const { span, texts, labels, linkAttributes } = this.#sink;
    let parent = false;
    for (let i = 0; i < this.#count; i++) {
      const reference = this.#list[i];
      if (!parent && (reference.trace.empty || reference.trace.equals(trace))) {
        parent = true;
        span.parentHigh = reference.span.word2;
        span.parentLow = reference.span.word3;
        span.parentText = reference.span.text;
        continue;
      }
      if (reference.child) {
        const type = labels.internText("opentracing.ref_type");
        linkAttributes.add(type, AttributeType.string, texts.internText("child_of"));
      }
      const to = reference.trace.empty ? trace : reference.trace;
      this.#sink.addLink(texts.internText(to.hex(32)), texts.internText(reference.span.hex(16)));
    }
  }

  #next(): Reference {
    if (this.#count === this.#list.length) {
      this.#list.push({ trace: new JsonId(), span: new JsonId(), child: true });
    }
    const reference = this.#list[this.#count++];
    reference.trace.clear();
    reference.span.clear();
    reference.child = true;
    return reference;
  }
}
