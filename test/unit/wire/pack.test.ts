import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Details, Outline } from "../../../src/model/trace.ts";
import {
  detailParts,
  joinParts,
  packDetails,
  packOutline,
  packTrace,
  partSize,
  unpackDetails,
  unpackOutline,
  unpackTrace,
} from "../../../src/wire/pack.ts";
import { protobufTrace } from "../../bench/generateProtobuf.ts";
import { drawTrace } from "../../support/drawnTrace.ts";
import { traceOf } from "../formats/protobufMessages.ts";

const drawn = drawTrace(`
  A  ==========   service=web event=retry
   B  ====        !error kind=client http.route=/cart
   C      ===     link=4bf92f3577b34da6a3ce929d0e0e4736/00000000000000aa
`);

describe("a packed trace", () => {
  it("is the same outline when it is unpacked", () => {
    same(unpackOutline(packOutline(drawn)), drawn, outlineKeys(drawn));
  });

  it("is the same details when it is unpacked", () => {
    const details = unpackDetails(joinParts(packDetails(drawn)));
    same(details, drawn, Object.keys(details) as (keyof Details)[]);
  });

  it("is the same whole when it comes from another thread, and is packed again without being looked at", () => {
    const trace = unpackTrace(packTrace(drawn));
    same(trace, drawn, Object.keys(drawn) as (keyof typeof drawn)[]);
    assert.deepEqual(new Uint8Array(packOutline(trace)), new Uint8Array(packOutline(drawn)));
    assert.deepEqual(
      new Uint8Array(joinParts(packDetails(trace))),
      new Uint8Array(joinParts(packDetails(drawn))),
    );
  });

  it("is looked at in place: its columns are views of the one buffer", () => {
    const buffer = packTrace(drawn);
    const trace = unpackTrace(buffer);
    for (const column of [trace.start, trace.labels.bytes, trace.attributes.value, trace.texts.offsets]) {
      assert.equal(column.buffer, buffer);
    }
  });

  it("has its parts in messages of at most 8 MB", () => {
    const trace = traceOf(Buffer.concat([...protobufTrace(50_000)]));
    const { parts, part } = detailParts(trace);
    assert.ok(parts > 1);
    const list = Array.from({ length: parts }, (_, i) => part(i));
    for (const { byteLength } of list) assert.ok(byteLength <= partSize);
    const details = unpackDetails(joinParts(list));
    assert.deepEqual(details.attributes.value, trace.attributes.value);
  });

  it("can be of an attribute that names a prototype", () => {
    const trace = drawTrace("A  ==  __proto__=x");
    assert.equal(unpackTrace(packTrace(trace)).labels.find("__proto__") >= 0, true);
  });
});

describe("bytes that are no packed trace", () => {
  const good = new Uint8Array(packOutline(drawn));
  const [lastCount] = /"labels.offsets","u32",\d+,\d+/.exec(Buffer.from(good).toString("latin1"))!;
  const cases: readonly [string, Uint8Array][] = [
    ["nothing", new Uint8Array(0)],
    ["zeros", new Uint8Array(64)],
    ["a cut one", good.slice(0, good.length - 8)],
    ["one cut in its header", good.slice(0, 100)],
    ["one whose columns begin before it", edited(good, '"duration","f64",24', '"duration","f64",-8')],
    [
      "one whose columns end behind it",
      edited(
        good,
        lastCount,
        lastCount.replace(/\d+$/, (count) => "9".repeat(count.length)),
      ),
    ],
    ["one whose columns lie between words", edited(good, '"duration","f64",24', '"duration","f64",20')],
    ["one whose columns have other types", edited(good, '"start","f64"', '"start","i32"')],
  ];
  for (const [what, bytes] of cases) {
    it(`are refused: ${what}`, () => {
      assert.throws(() => unpackOutline(bytes.slice().buffer));
    });
  }
  it("are refused as a whole trace too", () => {
    for (const size of [0, 4, 8, 200]) assert.throws(() => unpackTrace(packTrace(drawn).slice(0, size)));
  });
});

function edited(bytes: Uint8Array, from: string, to: string): Uint8Array {
  assert.equal(from.length, to.length);
  const at = Buffer.from(bytes).indexOf(from);
  assert.ok(at > 0);
  const changed = bytes.slice();
  changed.set(Buffer.from(to), at);
  return changed;
}

function outlineKeys(outline: Outline): (keyof Outline)[] {
  return Object.keys(unpackOutline(packOutline(outline))) as (keyof Outline)[];
}

function same<T extends object>(actual: T, expected: T, keys: readonly (keyof T)[]): void {
  for (const key of keys) {
    const table = expected[key] as { bytes?: Uint8Array; offsets?: Uint32Array };
    if (table?.bytes !== undefined) {
      const other = actual[key] as typeof table;
      assert.deepEqual([...other.bytes!], [...table.bytes], String(key));
      assert.deepEqual([...other.offsets!], [...table.offsets!], String(key));
    } else assert.deepEqual(actual[key], expected[key], String(key));
  }
}
