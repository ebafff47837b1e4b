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

describe("a body that inflates to more than most do", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `span ${i % 7} of the checkout service\n`).join("");
  const bodies = [
    ["gzip", gzipSync(text)],
    ["gzip", Buffer.concat([gzipSync(text), gzipSync("\n")])],
    ["deflate", deflateSync(text)],
    ["zstd", zstdCompressSync(text)],
  ] as const;
  bodies.forEach(([compression, body], i) => {
    it(`leaves room for others meanwhile: ${compression}, ${i + 1} of ${bodies.length}`, async () => {
      assert.ok(body.length * 30 < text.length);
      let most = 0;
      const hold = (bytes: number) => {
        most = Math.max(most, bytes);
      };
      const read = await readBody(request(body), compression, limits, { hold, lend, release() {} });
      assert.ok(read.length >= text.length);
      assert.ok(most <= body.length + 8 * read.length, `${most} bytes held for ${read.length}`);
    });
  });
});

describe("a body of several zstd frames", () => {
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const first = zstdCompressSync("first ");
  const second = zstdCompressSync("second");
  const read = async (body: Uint8Array, bodyBytes = limits.bodyBytes) =>
    Buffer.from(
      await readBody(request(body), "zstd", { ...limits, bodyBytes }, { hold() {}, lend, release() {} }),
    ).toString();

  for (const [what, frames] of [
    ["one behind the other", [first, second]],
    ["with one to be skipped before them", [skippable, first, second]],
    ["with one to be skipped between them", [first, skippable, second]],
    ["with an empty one behind them", [first, second, zstdCompressSync("")]],
  ] as const) {
    it(`is all of them: ${what}`, async () => {
      assert.equal(await read(Buffer.concat(frames)), "first second");
    });
  }

  it("may have just as many bytes as the limit allows, and no more", async () => {
    const text = "first ".repeat(100);
    const body = Buffer.concat([zstdCompressSync(text), second, zstdCompressSync("")]);
    const { length } = `${text}second`;
    assert.equal((await read(body, length)).length, length);
    await assert.rejects(read(body, length - 1), { code: "tooLarge" });
    await assert.rejects(read(body, text.length), { code: "tooLarge" });
  });

  for (const [what, body] of [
    ["something else follows", Buffer.concat([first, Buffer.from("something else")])],
    ["the last is cut", Buffer.concat([first, second.subarray(0, -2)])],
    ["one to be skipped is cut", Buffer.concat([first, skippable.subarray(0, -1)])],
    ["there are thousands", Buffer.concat(Array.from({ length: 5000 }, () => skippable))],
  ] as const) {
    it(`is refused when ${what}`, async () => {
      await assert.rejects(read(body), { code: "malformed" });
    });
  }
});
