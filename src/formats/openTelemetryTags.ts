import type { AttributeColumns } from "../model/attributeColumns.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { Status } from "../model/trace.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { kindNamed, statusNamed } from "./spanNames.ts";

const Special = { kind: 1, status: 2, description: 3, error: 4, scopeName: 5, scopeVersion: 6 } as const;
const specials: readonly (readonly [key: string, special: number])[] = [
  ["span.kind", Special.kind],
  ["otel.status_code", Special.status],
  ["otel.status_description", Special.description],
  ["error", Special.error],
  ["otel.scope.name", Special.scopeName],
  ["otel.scope.version", Special.scopeVersion],
  ["otel.library.name", Special.scopeName],
  ["otel.library.version", Special.scopeVersion],
];

/**
 * Undoes what exporters do with the parts of an OpenTelemetry span that Jaeger and Zipkin have no field for: its kind, status
 * and scope travel as tags. So the same span has the same model whichever way it came.
 * Source: OpenTelemetry specification, "Mapping to Non-OTLP Formats".
 */
export class OpenTelemetryTags {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  /** What a tag named `error` means: `flag`, an error when true (Jaeger); `message`, an error whatever it says (Zipkin). */
  readonly #errorIs: "flag" | "message";
  readonly #special: Uint8Array;
  readonly #empty: number;
  readonly #texts: { readonly true: number; readonly empty: number };
  readonly #scopes = new Map<number, number>();
  #status = -1;
  #errorAt = -1;
  #name = 0;
  #version = 0;
  #last = { name: -1, version: -1, scope: 0 };

  constructor(cursor: JsonCursor, sink: SpanSink, errorIs: "flag" | "message") {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#errorIs = errorIs;
    const labels = specials.map(([key]) => sink.labels.internText(key));
    this.#special = new Uint8Array(Math.max(...labels) + 1);
    for (let i = 0; i < labels.length; i++) this.#special[labels[i]] = specials[i][1];
    this.#empty = sink.labels.internText("");
    this.#texts = { true: sink.texts.internText("true"), empty: sink.texts.internText("") };
  }

  /** Begins a span. */
  begin(): void {
    this.#status = -1;
    this.#errorAt = -1;
    this.#name = this.#version = this.#empty;
  }

  /** Whether the tag `label` has a meaning of its own and its value, at the cursor, was read; otherwise it is an attribute. */
  take(label: number): boolean {
    if (label >= this.#special.length || this.#special[label] === 0) return false;
    const cursor = this.#cursor;
    const { span, texts, labels, attributes } = this.#sink;
    if (this.#special[label] === Special.error) {
      this.#errorAt = attributes.length;
      return false;
    }
    if (cursor.peek() !== Token.string) return false;
    const at = cursor.at;
    cursor.string();
    switch (this.#special[label]) {
      case Special.kind: {
        const kind = kindNamed(cursor);
        if (kind > 0) span.kind = kind;
        else cursor.at = at;
        return kind > 0;
      }
      case Special.status:
        span.status = this.#status = statusNamed(cursor);
        return true;
      case Special.description:
        if (cursor.to > cursor.from) span.message = texts.intern(cursor.source, cursor.from, cursor.to) + 1;
        return true;
      case Special.scopeName:
        this.#name = labels.intern(cursor.source, cursor.from, cursor.to);
        return true;
      default:
        this.#version = labels.intern(cursor.source, cursor.from, cursor.to);
        return true;
    }
  }

  /** Ends the span's tags: sets its status by its `error` tag and returns its scope. */
  end(): number {
    if (this.#errorAt >= 0) this.#error(this.#errorAt);
    const last = this.#last;
    if (last.name !== this.#name || last.version !== this.#version) {
      last.name = this.#name;
      last.version = this.#version;
      last.scope = this.#scope();
    }
    return last.scope;
  }

  #error(at: number): void {
    const { span, attributes } = this.#sink;
    const value = attributes.value.data[at];
    const says = value !== this.#texts.true && value !== this.#texts.empty;
    if (this.#errorIs === "flag" && value !== this.#texts.true) return;
    if (this.#status < 0) {
      span.status = Status.error;
    } else if (this.#status === Status.error) {
      remove(attributes, at);
    } else return;
    if (says && span.message === 0) span.message = value + 1;
  }

  #scope(): number {
    const sink = this.#sink;
    const key = this.#name * 0x4000000 + this.#version;
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      scope = sink.addScope();
      sink.scopeName[scope] = this.#name;
      sink.scopeVersion[scope] = this.#version;
      this.#scopes.set(key, scope);
    }
    return scope;
  }
}

/** Takes out one attribute of the owner that is being written. */
export function remove(attributes: AttributeColumns, at: number): void {
  const { key, type, value } = attributes;
  for (const column of [key, type, value]) {
    column.data.copyWithin(at, at + 1, column.length);
    column.length--;
  }
}
