import fc from "fast-check";
import { AttributeType } from "../../../src/model/attributes.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import { wordsOfBigint } from "../../../src/model/time64.ts";
import type { Outline, Trace } from "../../../src/model/trace.ts";

const words = ["GET", "cart", "Cart", "db", "É", "日本", "a=b", "x:y", "", "K8S", "12"];
const word = fc.constantFrom(...words);
const attribute = fc.tuple(word, word);

const span = fc.record({
  /** Which of the earlier spans is the parent; a few are roots. */
  parent: fc.nat(),
  root: fc.integer({ min: 0, max: 9 }),
  start: fc.nat(40),
  length: fc.nat(30),
  kind: fc.nat(5),
  status: fc.nat(2),
  name: word,
  message: word,
  service: word,
  attributes: fc.array(attribute, { maxLength: 3 }),
  events: fc.array(fc.tuple(word, attribute), { maxLength: 2 }),
  links: fc.array(fc.tuple(word, attribute), { maxLength: 1 }),
});

/** Traces of up to 30 spans with times of a few ns, so that spans touch, overlap, leave their parents and last no time. */
export const anyTrace: fc.Arbitrary<Trace> = fc.array(span, { minLength: 1, maxLength: 30 }).map((spans) => {
  const sink = new SpanSink();
  const add = (to: SpanSink["attributes"], [key, value]: readonly [string, string]) =>
    to.add(sink.labels.internText(key), AttributeType.string, sink.texts.internText(value));
  spans.forEach((drawn, i) => {
    const resource = sink.addResource();
    sink.openResource();
    add(sink.resourceAttributes, ["service.name", drawn.service]);
    sink.closeResource(resource);
    const scope = sink.addScope();
    sink.openScope();
    sink.closeScope(scope, sink.labels.internText(drawn.message), sink.labels.internText("1.0"));
    sink.begin();
    sink.span.trace3 = 1;
    sink.span.idLow = i + 1;
    sink.span.parentLow = i === 0 || drawn.root === 0 ? 0 : 1 + (drawn.parent % i);
    sink.span.name = sink.labels.internText(drawn.name);
    sink.span.kind = drawn.kind;
    sink.span.status = drawn.status;
    sink.span.message = drawn.message === "" ? 0 : 1 + sink.texts.internText(drawn.message);
    const start = wordsOfBigint(1_700_000_000_000_000_000n + BigInt(drawn.start));
    const end = wordsOfBigint(1_700_000_000_000_000_000n + BigInt(drawn.start + drawn.length));
    [sink.span.startHigh, sink.span.startLow] = [start.high, start.low];
    [sink.span.endHigh, sink.span.endLow] = [end.high, end.low];
    for (const pair of drawn.attributes) add(sink.attributes, pair);
    for (const [name, pair] of drawn.events) {
      add(sink.eventAttributes, pair);
      sink.addEvent(start.high, start.low, sink.labels.internText(name));
    }
    for (const [id, pair] of drawn.links) {
      add(sink.linkAttributes, pair);
      sink.addLink(sink.texts.internText(id), sink.texts.internText("b7"));
    }
    sink.commit(resource, scope);
  });
  return buildTrace(sink, 0);
});

/** The rows directly below `row`. */
export function childrenOf(o: Outline, row: number): number[] {
  return Array.from(o.parent.keys()).filter((child) => o.parent[child] === row);
}

/** An outline of one name and service, of what is given for each row in pre-order. */
export function outlineOf(parent: Int32Array, start: Float64Array, duration: Float64Array): Outline {
  const length = parent.length;
  const size = new Int32Array(length).fill(1);
  const depth = new Int32Array(length);
  let end = 0;
  for (let row = length - 1; row > 0; row--) if (parent[row] >= 0) size[parent[row]] += size[row];
  for (let row = 0; row < length; row++) {
    if (parent[row] >= 0) depth[row] = depth[parent[row]] + 1;
    end = Math.max(end, start[row] + duration[row]);
  }
  const labels = new SpanSink().labels;
  labels.internText("work");
  return {
    traceId: "1",
    epoch: 0n,
    end,
    length,
    start,
    duration,
    parent,
    size,
    depth,
    name: new Uint32Array(length),
    service: new Uint32Array(length),
    services: new Uint32Array(1),
    kind: new Uint8Array(length),
    status: new Uint8Array(length),
    mark: new Uint8Array(length),
    spanId: new Uint32Array(2 * length),
    labels: labels.table(),
    notes: [],
  };
}
