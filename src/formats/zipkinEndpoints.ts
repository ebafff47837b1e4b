import type { AttributeColumns } from "../model/attributeColumns.ts";
import { AttributeType } from "../model/attributes.ts";
import type { SpanSink } from "../model/spanSink.ts";
import { type JsonCursor, Token } from "./jsonCursor.ts";
import { JsonKeys } from "./jsonKeys.ts";
import { ResourcesByText } from "./resourcesByText.ts";

const endpointKeys = new JsonKeys(["", "serviceName service_name", "ipv4", "ipv6", "port"]);

/** Attributes of our own resource, and of a span for the other side of its call. */
const localNames = ["service.name", "host.ip", "server.port"] as const;
const remoteNames = ["peer.service", "network.peer.address", "network.peer.port"] as const;

/** Zipkin's endpoints: the local one is a span's resource, the remote one attributes of the span. */
export class ZipkinEndpoints {
  readonly #cursor: JsonCursor;
  readonly #sink: SpanSink;
  readonly #resources: ResourcesByText;

  constructor(cursor: JsonCursor, sink: SpanSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#resources = new ResourcesByText(cursor, sink);
  }

  /** The resource of the endpoint at the cursor: service.name, host.ip, server.port. */
  local(): number {
    if (this.#cursor.peek() !== Token.object) {
      this.#cursor.skip();
      return this.none();
    }
    return this.#resources.at(() => this.#read(this.#sink.resourceAttributes, localNames));
  }

  /** Adds the endpoint at the cursor to the span: peer.service, network.peer.address, network.peer.port. */
  remote(): void {
    this.#read(this.#sink.attributes, remoteNames);
  }

  /** The resource of a span without an endpoint. */
  none(): number {
    return this.#resources.none();
  }

  #read(into: AttributeColumns, [service, address, port]: readonly string[]): void {
    const cursor = this.#cursor;
    if (!cursor.object()) return;
    for (let field = cursor.member(endpointKeys); field >= 0; field = cursor.member(endpointKeys)) {
      if (field <= 0) {
        cursor.skip();
        continue;
      }
      cursor.any();
      if (cursor.to === cursor.from || cursor.is("null") || cursor.is("0")) continue;
      if (field === 1) this.#add(into, service, AttributeType.string);
      else if (field === 4) this.#add(into, port, AttributeType.int);
      else if (/^\d+$/.test(cursor.text())) {
        this.#addText(into, address, dotted(Number(cursor.text())));
      } else this.#add(into, address, AttributeType.string);
    }
  }

  #add(into: AttributeColumns, key: string, type: AttributeType): void {
    const { source, from, to } = this.#cursor;
    into.add(this.#sink.labels.internText(key), type, this.#sink.texts.intern(source, from, to));
  }

  #addText(into: AttributeColumns, key: string, text: string): void {
    into.add(this.#sink.labels.internText(key), AttributeType.string, this.#sink.texts.internText(text));
  }
}

/** An IPv4 address that was written as one number. */
function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
