import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { StringPool } from "../model/stringPool.ts";
import type { JaegerJsonTags } from "./jaegerJsonTags.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { JsonStrings } from "./jsonStrings.ts";
import { ResourcesByText } from "./resourcesByText.ts";

const processKeys = new JsonKeys(["", "serviceName service_name", "tags", "tag"]);
const keepAll = (): boolean => false;

/** Jaeger's processes, each of which is one resource: named by a span before they come, or written into the span itself. */
export class JaegerJsonProcesses {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #tags: JaegerJsonTags;
  /** Process ids of all traces, by their bytes. */
  readonly #ids: JsonStrings;
  /** By id: its resource, and the trace in which it is that. */
  readonly #resource: number[] = [];
  readonly #trace: number[] = [];
  #traces = 0;
  /** Processes written into spans, by their bytes. */
  readonly #written: ResourcesByText;
  readonly #serviceName: number;

  constructor(cursor: JsonCursor, sink: SpanSink, tags: JaegerJsonTags) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#tags = tags;
    this.#written = new ResourcesByText(cursor, sink);
    this.#ids = new JsonStrings(cursor, new StringPool());
    this.#serviceName = sink.labels.internText("service.name");
  }

  /** Begins a trace, in which process ids mean something else than before. */
  beginTrace(): void {
    this.#traces++;
  }

  /** The resource of the process whose id is at the cursor; -1 for an empty one. */
  named(): number {
    const cursor = this.#cursor;
    if (cursor.peek() !== Token.string) {
      cursor.skip();
      return -1;
    }
    if (cursor.bytes[cursor.at + 1] === 34) {
      cursor.string();
      return -1;
    }
    return this.#of(this.#ids.read(0));
  }

  /** The resource of the process that is written at the cursor. */
  written(): number {
    const cursor = this.#cursor;
    if (cursor.peek() !== Token.object) {
      cursor.skip();
      return -1;
    }
    return this.#written.at(() => this.#attributes());
  }

  /** The resource of a span that names none. */
  none(): number {
    return this.#written.none();
  }

  /** Reads the object of processes by id at the cursor. */
  all(): void {
    const cursor = this.#cursor;
    if (!cursor.object()) return;
    while (cursor.anyMember()) this.#read(this.#of(this.#ids.taken()));
  }

  #of(id: number): number {
    if (this.#trace[id] !== this.#traces) {
      this.#trace[id] = this.#traces;
      this.#resource[id] = this.#sink.addResource();
    }
    return this.#resource[id];
  }

  #read(resource: number): void {
    this.#sink.openResource();
    this.#attributes();
    this.#sink.closeResource(resource);
  }

  #attributes(): void {
    const cursor = this.#cursor;
    const { resourceAttributes } = this.#sink;
    const { value } = this.#tags;
    if (!cursor.object()) return;
    for (let field = cursor.member(processKeys); field >= 0; field = cursor.member(processKeys)) {
      if (field === 1 && cursor.peek() === Token.string) {
        value.string(this.#serviceName);
        resourceAttributes.add(this.#serviceName, AttributeType.string, value.value);
      } else if (field === 2) this.#tags.list(resourceAttributes, keepAll);
      else if (field === 3) this.#tags.map(resourceAttributes, keepAll);
      else cursor.skip();
    }
  }
}
