import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Inflating } from "../../../src/backends/inflating.ts";
import { UserError } from "../../../src/base/userError.ts";

const text = "the quick brown fox jumps over the lazy dog ".repeat(60);
const [first, second] = [text.slice(0, 700), text.slice(700)];
/** A gzip header with every optional part: extra field, name, comment and its own checksum. */
const fullHeader = Buffer.from("1f8b081e0000000000030400abcd12346e616d6500636f6d6d656e74000000", "hex");

async function inflated(bytes: Uint8Array, size: number, max = 1e9): Promise<{ text: string; note: string }> {
  const chunks: Buffer[] = [];
  const inflating = new Inflating("input", max, (chunk) => chunks.push(Buffer.from(chunk)));
  for (let at = 0; at < bytes.length; at += size) await inflating.write(bytes.subarray(at, at + size));
  const note = await inflating.end();
  return { text: Buffer.concat(chunks).toString(), note };
}

describe("bytes that may be compressed", () => {
  const cases: readonly [string, Uint8Array, note?: string][] = [
    ["not at all", Buffer.from(text)],
    ["with gzip", gzipSync(text)],
    [
      "with gzip, behind a header of every optional part",
      Buffer.concat([fullHeader, gzipSync(text).subarray(10)]),
    ],
    ["with gzip, in several members", Buffer.concat([gzipSync(first), gzipSync(""), gzipSync(second)])],
    ["with zstd", zstdCompressSync(text)],
    ["with zstd, in several frames", Buffer.concat([zstdCompressSync(first), zstdCompressSync(second)])],
    [
      "with gzip, and garbage behind it",
      Buffer.concat([gzipSync(text), Buffer.from("xyz")]),
      "3 bytes behind the gzip data were passed over",
    ],
  ];
  for (const [what, bytes, note = ""] of cases) {
    it(`are read when they are compressed ${what}`, async () => {
      for (const size of [1, 2, 3, 7, 100, bytes.length]) {
        assert.deepEqual(await inflated(bytes, size), { text, note }, `in pieces of ${size}`);
      }
    });
  }

  it("and are fewer than four are passed on", async () => {
    assert.deepEqual(await inflated(Buffer.from("[]"), 1), { text: "[]", note: "" });
    assert.deepEqual(await inflated(Buffer.alloc(0), 1), { text: "", note: "" });
  });

  it("are refused when they are damaged or cut anywhere", async () => {
    const damaged = gzipSync(text);
    damaged[damaged.length - 7] ^= 1;
    for (const size of [1, damaged.length])
      await assert.rejects(inflated(damaged, size), /corrupt gzip: its checksum/);
    for (const whole of [gzipSync(text), zstdCompressSync(text)]) {
      for (let length = 10; length < whole.length; length++) {
        await assert.rejects(inflated(whole.subarray(0, length), whole.length), (error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, /^input: corrupt (gzip|zstd)/);
          return true;
        });
      }
    }
  });

  it("are refused as soon as they inflate beyond the limit", async () => {
    for (const bytes of [gzipSync(text), zstdCompressSync(text)]) {
      await assert.rejects(inflated(bytes, 50, 100), /inflates to more than 100 bytes/);
      assert.equal((await inflated(bytes, 50, text.length)).text, text);
    }
  });
});
