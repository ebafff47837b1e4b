import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { overloaded } from "../../../../../src/backends/local/receiver/inFlight.ts";
import { readBody } from "../../../../../src/backends/local/receiver/requestBody.ts";

const limits = { bodyBytes: 32 << 20, bodyIdleMs: 1000 };

function request(body: Uint8Array): IncomingMessage {
  return new PassThrough().end(body) as unknown as IncomingMessage;
}

const zeros = Buffer.alloc(1 << 20);
const compressed = [
  ["gzip", gzipSync(zeros)],
  ["deflate", deflateSync(zeros)],
  ["zstd", zstdCompressSync(zeros)],
] as const;

const lend = (size: number) => new Uint8Array(size);

describe("the bytes of a compressed body", () => {
  for (const [compression, body] of compressed) {
    it(`are held before they are inflated: ${compression}`, async () => {
      const held: number[] = [];
      const damaged = Buffer.from(body);
      // What is not inflated is not seen to be damaged.
      damaged.fill(0xee, 4, 14);
      const hold = (bytes: number) => {
        held.push(bytes);
        if (held.length > 1) throw overloaded();
      };
      const reading = readBody(request(damaged), compression, limits, { hold, lend, release() {} });
      await assert.rejects(reading, { name: "IntakeRefusal" });
      assert.deepEqual([held.length, held[0]], [2, body.length]);
      assert.ok(held[1] > body.length);
    });

    it(`are in the end held as many as they are, however often they inflate: ${compression}`, async () => {
      let held = 0;
      const hold = (bytes: number) => {
        held = bytes;
      };
      const bytes = await readBody(request(body), compression, limits, { hold, lend, release() {} });
      assert.equal(bytes.length, zeros.length);
      assert.equal(held, body.length + zeros.length);
    });
  }
});
