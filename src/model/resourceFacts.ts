import type { SpanSink } from "./spanSink.ts";

/** What the builder needs of each resource, looked up once. */
export interface ResourceFacts {
  /** Label of service.name; that of "unknown_service" when there is none. */
  readonly service: Uint32Array;
  readonly hasService: Uint8Array;
  /** Text of the host's identity (host.id, host.ip, host.name, ip) plus 1; 0 when nothing tells the host. */
  readonly host: Uint32Array;
}

const hostKeys = ["host.id", "host.ip", "host.name", "ip"];

export function resourceFacts(sink: SpanSink): ResourceFacts {
  const count = sink.resourceOwner.length;
  const service = new Uint32Array(count);
  const hasService = new Uint8Array(count);
  const host = new Uint32Array(count);
  const unknown = sink.labels.internText("unknown_service");
  const serviceKey = sink.labels.internText("service.name");
  const keys = hostKeys.map((key) => sink.labels.internText(key));
  const texts = sink.texts.table();
  const { key, value } = sink.resourceAttributes;
  for (let i = 0; i < count; i++) {
    service[i] = unknown;
    const owner = sink.resourceOwner[i] - 1;
    if (owner < 0) continue;
    let best = keys.length;
    for (let k = sink.resourceAttributes.from(owner); k < sink.resourceAttributes.to(owner); k++) {
      if (key.data[k] === serviceKey && texts.byteLength(value.data[k]) > 0) {
        service[i] = sink.labels.internText(texts.at(value.data[k]));
        hasService[i] = 1;
      }
      const rank = keys.indexOf(key.data[k]);
      if (rank >= 0 && rank < best) {
        best = rank;
        host[i] = value.data[k] + 1;
      }
    }
  }
  return { service, hasService, host };
}
