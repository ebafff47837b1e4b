import type { SpanSink } from "../model/spanSink.ts";
import type { JaegerJsonTags } from "./jaegerJsonTags.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readMicros } from "./jsonNumber.ts";
import { remove } from "./openTelemetryTags.ts";
import { readRfc3339 } from "./rfc3339.ts";

const logKeys = new JsonKeys(["", "timestamp", "fields"]);

/** Reads a span's logs as events: a log is named by its field `event`, else by `message`, else it is "log". */
export class JaegerJsonLog {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #tags: JaegerJsonTags;
  readonly #event: number;
  readonly #message: number;
  readonly #time = { high: 0, low: 0 };
  /** Label of the event being read, -1 while it has none. */
  #name = -1;
  /** Where its message's text lies, and where the message is among the attributes. */
  #messageText = -1;
  #messageAt = -1;
  readonly #filter = (label: number): boolean => this.#taken(label);

  constructor(cursor: JsonCursor, sink: SpanSink, tags: JaegerJsonTags) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#tags = tags;
    this.#event = sink.labels.internText("event");
    this.#message = sink.labels.internText("message");
  }

  /** Reads the list of logs at the cursor. */
  list(): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) if (cursor.object()) this.#log();
  }

  #log(): void {
    const cursor = this.#cursor;
    const time = this.#time;
    let high = 0;
    let low = 0;
    this.#name = this.#messageText = this.#messageAt = -1;
    for (let field = cursor.member(logKeys); field >= 0; field = cursor.member(logKeys)) {
      if (field === 1) {
        time.high = time.low = 0;
        if (cursor.peek() !== Token.string) readMicros(cursor, time);
        else {
          cursor.string();
          readRfc3339(cursor.text(), time);
        }
        ({ high, low } = time);
      } else if (field === 2) this.#tags.list(this.#sink.eventAttributes, this.#filter);
      else cursor.skip();
    }
    this.#sink.addEvent(high, low, this.#named());
  }

  #taken(label: number): boolean {
    const cursor = this.#cursor;
    if (label === this.#event && this.#name < 0) {
      cursor.any();
      this.#name = this.#tags.labels.taken();
      return true;
    }
    if (label === this.#message && this.#messageText < 0 && cursor.peek() === Token.string) {
      this.#messageText = cursor.at;
      this.#messageAt = this.#sink.eventAttributes.length;
    }
    return false;
  }

  /** The name, for which a message gives its text away when there is no other. */
  #named(): number {
    if (this.#name >= 0) return this.#name;
    if (this.#messageText < 0) return this.#sink.labels.internText("log");
    const cursor = this.#cursor;
    const end = cursor.at;
    cursor.at = this.#messageText;
    cursor.string();
    cursor.at = end;
    remove(this.#sink.eventAttributes, this.#messageAt);
    return this.#tags.labels.taken();
  }
}
