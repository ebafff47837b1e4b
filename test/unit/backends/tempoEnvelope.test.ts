import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { envelopeOf, type TempoEnvelope, watched } from "../../../src/backends/tempoEnvelope.ts";
import { bytes } from "./fakeTempo.ts";

const trace = bytes(1, Buffer.alloc(300, 0x22));
const metrics = bytes(2, Buffer.from([0x08, 5]));
const message = bytes(4, Buffer.from("Trace exceeds maximum size of 5 bytes, naïve"));
const partial = Buffer.from([0x18, 1]);
const none = { hasTrace: false, partial: false, message: "" };

const answers: readonly (readonly [string, readonly Uint8Array[], TempoEnvelope])[] = [
  ["nothing", [], none],
  ["no trace", [metrics], none],
  ["an empty trace", [bytes(1), metrics], none],
  ["a trace", [trace, metrics], { ...none, hasTrace: true }],
  ["a complete trace", [trace, Buffer.from([0x18, 0])], { ...none, hasTrace: true }],
  [
    "a part of a trace",
    [trace, metrics, partial, message],
    { hasTrace: true, partial: true, message: "Trace exceeds maximum size of 5 bytes, naïve" },
  ],
  ["parts of a trace in the older form", [trace, trace], { ...none, hasTrace: true }],
  [
    "fields of other types",
    [Buffer.from([0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x35, 1, 2, 3, 4]), partial],
    { ...none, partial: true },
  ],
  ["text", [Buffer.from("hello there")], none],
];

for (const [what, parts, expected] of answers) {
  test(`the envelope of ${what} is read, however the body is cut, and the body handed on`, async () => {
    const body = Buffer.concat(parts);
    assert.deepEqual(envelopeOf(body), expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), body.length];
        const chunks = async function* () {
          for (let i = 1; i < at.length; i++) yield body.subarray(at[i - 1], at[i]);
        };
        const envelope = { ...none };
        const seen: Uint8Array[] = [];
        for await (const chunk of watched(chunks(), envelope)) seen.push(chunk);
        assert.deepEqual(envelope, expected);
        assert.deepEqual(Buffer.concat(seen), body);
      }),
      { numRuns: 20 },
    );
  });
}

test("bytes of no meaning are passed over without an error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void envelopeOf(body)));
});
