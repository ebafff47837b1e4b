import type { Words } from "../model/time64.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { readMicros } from "./jsonNumber.ts";
import type { JsonStrings } from "./jsonStrings.ts";
import type { ZipkinEndpoints } from "./zipkinEndpoints.ts";

/** The annotations that say what a span is: begin and end of a client, a server, a producer and a consumer. */
export const coreCodes = ["cs", "cr", "sr", "ss", "ms", "ws", "wr", "mr"] as const;

const annotationKeys = new JsonKeys(["", "timestamp", "value", "endpoint host"]);
const binaryKeys = new JsonKeys(["", "key", "value", "type", "annotation_type", "endpoint host"]);

const eventSlot = 0xfff1;

/** Reads the lists of annotations of a Zipkin v1 span, as often as it takes to tell what the span is. */
export class ZipkinV1Annotations {
  readonly #cursor: JsonCursor;
  readonly #labels: JsonStrings;
  readonly #endpoints: ZipkinEndpoints;
  readonly #time = { high: 0, low: 0 };
  readonly #emptyLabel: number;
  readonly #addresses: readonly number[];

  constructor(cursor: JsonCursor, labels: JsonStrings, endpoints: ZipkinEndpoints) {
    this.#cursor = cursor;
    this.#labels = labels;
    this.#endpoints = endpoints;
    this.#emptyLabel = labels.pool.internText("");
    this.#addresses = ["sa", "ca", "ma"].map((key) => labels.pool.internText(key));
  }

  /** Reads the annotations at the cursor: `code` is an index of coreCodes or -1; `named` also interns the texts of those that are events. */
  each(found: (code: number, time: Words, resource: number, name: number) => void, named: boolean): void {
    const cursor = this.#cursor;
    const time = this.#time;
    if (!cursor.array()) return;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      let code = -1;
      let resource = -1;
      let name = this.#emptyLabel;
      time.high = time.low = 0;
      for (let field = cursor.member(annotationKeys); field >= 0; field = cursor.member(annotationKeys)) {
        if (field === 1) readMicros(cursor, time);
        else if (field === 2 && cursor.peek() === Token.string) {
          const at = cursor.at;
          cursor.string();
          code = coreCodes.findIndex((core) => cursor.is(core));
          if (code < 0 && named) {
            cursor.at = at;
            name = this.#labels.read(eventSlot);
          }
        } else if (field === 3) resource = this.endpoint();
        else cursor.skip();
      }
      found(code, time, resource, name);
    }
  }

  /** Reads the binary annotations at the cursor: where the value and the endpoint of each lie, -1 for none. */
  eachBinary(found: (key: number, valueAt: number, thrift: string, endpointAt: number) => void): void {
    const cursor = this.#cursor;
    if (!cursor.array()) return;
    while (cursor.element()) {
      if (!cursor.object()) continue;
      let key = this.#emptyLabel;
      let valueAt = -1;
      let endpointAt = -1;
      let thrift = "";
      for (let field = cursor.member(binaryKeys); field >= 0; field = cursor.member(binaryKeys)) {
        if (field === 1 && cursor.peek() === Token.string) {
          key = this.#labels.read(0);
          continue;
        }
        if (field === 2) valueAt = cursor.at;
        if (field === 5 && cursor.peek() === Token.object) endpointAt = cursor.at;
        if (field === 4) {
          cursor.any();
          thrift = cursor.text();
        } else cursor.skip();
      }
      const end = cursor.at;
      found(key, valueAt, thrift, endpointAt);
      cursor.at = end;
      cursor.first = false;
    }
  }

  /** The resource of the endpoint at the cursor, -1 for none. */
  endpoint(): number {
    if (this.#cursor.peek() === Token.object) return this.#endpoints.local();
    this.#cursor.skip();
    return -1;
  }

  /** Whether a binary annotation names the address of the other side of the call. */
  isAddress(key: number): boolean {
    return this.#addresses.includes(key);
  }
}
