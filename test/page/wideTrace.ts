import { AttributeType } from "../../src/model/attributes.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { SpanSink } from "../../src/model/spanSink.ts";
import { wordsOfBigint } from "../../src/model/time64.ts";
import { Status, type Trace } from "../../src/model/trace.ts";

const needleEvery = 200;

/**
 * A trace of `count` spans over 20 services and 12 levels with `attributes` attributes each, the same for the same
 * arguments. Every 200th span has `needle` = "haystack-needle"; every 50th has failed.
 */
export function wideTrace(count: number, attributes = 12): Trace {
  const sink = new SpanSink();
  const random = numbers(42);
  const resources = Array.from({ length: 20 }, (_, i) => {
    const resource = sink.addResource();
    sink.openResource();
    const value = sink.texts.internText(`service-${i}`);
    sink.resourceAttributes.add(sink.labels.internText("service.name"), AttributeType.string, value);
    sink.closeResource(resource);
    return resource;
  });
  const scope = sink.addScope();
  const epoch = 1_700_000_000_000_000_000n;
  const start = new Float64Array(count);
  const duration = new Float64Array(count);
  const depth = new Uint8Array(count);
  const parents = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let parent = i === 0 ? -1 : Math.floor(random() * i);
    if (i > 0 && random() < 0.7) parent = Math.max(0, i - 1 - Math.floor(random() * 40));
    while (parent > 0 && depth[parent] >= 11) parent = parents[parent];
    parents[i] = parent;
    depth[i] = parent < 0 ? 0 : depth[parent] + 1;
    start[i] = parent < 0 ? 0 : start[parent] + duration[parent] * random() * 0.8;
    duration[i] =
      parent < 0 ? 60e9 : Math.max(1000, (start[parent] + duration[parent] - start[i]) * random() * 0.9);
    const { span } = sink;
    sink.begin();
    span.trace3 = 7;
    span.idLow = i + 1;
    span.parentLow = parent + 1;
    span.name = sink.labels.internText(`operation ${i % 300}`);
    span.kind = 1 + (i % 5);
    span.status = i % 50 === 49 ? Status.error : Status.unset;
    ({ high: span.startHigh, low: span.startLow } = wordsOfBigint(epoch + BigInt(Math.floor(start[i]))));
    ({ high: span.endHigh, low: span.endLow } = wordsOfBigint(
      epoch + BigInt(Math.floor(start[i] + duration[i])),
    ));
    for (let a = 0; a < attributes; a++) {
      const needle = a === 0 && i % needleEvery === needleEvery - 1;
      const text = needle
        ? "haystack-needle"
        : a < 4
          ? `value ${i * attributes + a}`
          : `value ${(i * 7 + a) % 500}`;
      sink.attributes.add(
        sink.labels.internText(needle ? "needle" : `attribute.${a}`),
        AttributeType.string,
        sink.texts.internText(text),
      );
    }
    if (i % 5 === 0) sink.addEvent(span.startHigh, span.startLow, sink.labels.internText("checkpoint"));
    sink.commit(resources[Math.floor(random() * 20)], scope);
  }
  return buildTrace(sink, 0);
}

/** Numbers from 0 to 1, the same sequence for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
