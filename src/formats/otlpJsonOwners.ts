import type { SpanSink } from "../model/spanSink.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readSmall } from "./jsonNumber.ts";
import type { OtlpJsonAttributes } from "./otlpJsonAttributes.ts";

const ownerKeys = new JsonKeys([
  "",
  "attributes",
  "droppedAttributesCount dropped_attributes_count",
  "name",
  "version",
]);

/** The slot of a scope's name and version; attribute keys have the slots of the labels before them. */
const nameSlot = 0xfff4;

/** Reads OTLP's Resource and InstrumentationScope in JSON into the sink. */
export class OtlpJsonOwners {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #attributes: OtlpJsonAttributes;
  readonly #emptyLabel: number;

  constructor(cursor: JsonCursor, sink: SpanSink, attributes: OtlpJsonAttributes) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#attributes = attributes;
    this.#emptyLabel = sink.labels.internText("");
  }

  /** Reads the resource at the cursor into resource `index`. */
  resource(index: number): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    if (!cursor.object()) return;
    sink.openResource();
    let dropped = 0;
    for (let field = cursor.member(ownerKeys); field >= 0; field = cursor.member(ownerKeys)) {
      if (field === 1) this.#attributes.read(sink.resourceAttributes);
      else if (field === 2) dropped = readSmall(cursor);
      else cursor.skip();
    }
    this.#attributes.addCount(sink.resourceAttributes, "otel.dropped_attributes_count", dropped);
    sink.closeResource(index);
  }

  /** Reads the scope at the cursor into scope `index`. */
  scope(index: number): void {
    const cursor = this.#cursor;
    const sink = this.#sink;
    if (!cursor.object()) return;
    sink.openScope();
    let dropped = 0;
    let name = this.#emptyLabel;
    let version = this.#emptyLabel;
    for (let field = cursor.member(ownerKeys); field >= 0; field = cursor.member(ownerKeys)) {
      if (field === 1) this.#attributes.read(sink.scopeAttributes);
      else if (field === 2) dropped = readSmall(cursor);
      else if (field === 3) name = this.#label();
      else if (field === 4) version = this.#label();
      else cursor.skip();
    }
    this.#attributes.addCount(sink.scopeAttributes, "otel.dropped_attributes_count", dropped);
    sink.closeScope(index, name, version);
  }

  #label(): number {
    if (this.#cursor.peek() === Token.string) return this.#attributes.labels.read(nameSlot);
    this.#cursor.skip();
    return this.#emptyLabel;
  }
}
