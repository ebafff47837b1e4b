import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Decoded, DecodeRequest } from "../../../src/backends/backend.ts";
import { UserError } from "../../../src/base/userError.ts";
import { createDecoder, type DecoderOptions, type TraceDecoder } from "../../../src/workers/decoder.ts";
import { protobufTrace } from "../../bench/generateProtobuf.ts";
import { traceIdText } from "../../bench/generateSpans.ts";

const entry = new URL("../../../src/workers/decode.ts", import.meta.url);
const small = Buffer.concat([...protobufTrace(300)]);
const other = Buffer.concat([...protobufTrace(40, 2)]);
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "decoder-"));
const decoder = createDecoder(entry);

after(() => {
  decoder.dispose();
  rmSync(folder, { recursive: true });
});

async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function wanted(more: Partial<DecodeRequest> = {}): DecodeRequest {
  return { traceId: "", want: "trace", label: "shop.pb", ...more };
}

function decode(bytes: Uint8Array, more?: Partial<DecodeRequest>, using = decoder): Promise<Decoded> {
  return using.decode(pieces(bytes), wanted(more), never);
}

async function withDecoder(
  options: DecoderOptions,
  action: (own: TraceDecoder) => Promise<void>,
): Promise<void> {
  const own = createDecoder(entry, options);
  try {
    await action(own);
  } finally {
    own.dispose();
  }
}

describe("merging in a thread", () => {
  it("answers every span once, and leaves the traces that were given as they are", async () => {
    const [{ trace: one }, { trace: two }] = [await decode(small), await decode(other)];
    assert.ok(one !== undefined && two !== undefined);
    const names = Array.from(one.name, (name) => one.labels.at(name));
    const ids = [one, two].flatMap(({ spanId, kind }) =>
      Array.from(kind, (own, row) => `${spanId[2 * row]} ${spanId[2 * row + 1]} ${own}`),
    );
    const merged = await decoder.merge([one, two, one], never);
    assert.equal(merged.trace?.length, new Set(ids).size);
    assert.ok((await merged.hotspots).length > 0);
    assert.deepEqual(
      Array.from(one.name, (name) => one.labels.at(name)),
      names,
    );
  });

  it("ends when nobody wants it any more, and the next one works", async () => {
    const { trace } = await decode(small);
    const controller = new AbortController();
    const merging = decoder.merge([trace!, trace!], controller.signal);
    controller.abort(new Error("closed the tab"));
    await assert.rejects(merging, /closed the tab|aborted/);
    assert.equal((await decoder.merge([trace!], never)).trace?.length, 300);
  });
});

describe("decoding in a thread", () => {
  it("answers the trace, its summary and where its time went", async () => {
    const decoded = await decode(small);
    assert.equal(decoded.format, "OTLP protobuf");
    assert.equal(decoded.trace?.length, 300);
    assert.equal(decoded.summaries[0].spans, 300);
    assert.equal(decoded.summaries[0].traceId, traceIdText(1));
    assert.ok((await decoded.hotspots).length > 0);
    assert.deepEqual(decoded.notes, []);
  });

  it("answers the largest of several traces, or the one asked for by any form of its id", async () => {
    const both = Buffer.concat([other, small]);
    assert.equal((await decode(both)).trace?.traceId, traceIdText(1));
    assert.equal((await decode(both, { traceId: `000${traceIdText(2).toUpperCase()}` })).trace?.length, 40);
    const missing = await decode(both, { traceId: "abc" });
    assert.equal(missing.trace, undefined);
    assert.equal(missing.summaries.length, 2);
  });

  it("builds no trace when only summaries or places are wanted", async () => {
    const both = Buffer.concat([other, small]);
    const summaries = await decode(both, { want: "summaries" });
    assert.deepEqual(
      [summaries.trace, (await summaries.hotspots).length, summaries.summaries.length],
      [undefined, 0, 2],
    );
    const places = await decode(both, { want: "hotspots" });
    assert.equal(places.trace, undefined);
    assert.equal(
      (await places.hotspots).reduce((sum, { count }) => sum + count, 0),
      340,
    );
  });

  it("answers the places after the trace, though nobody waits for the trace any more", async () => {
    const controller = new AbortController();
    const decoded = await decoder.decode(pieces(small), wanted(), controller.signal);
    controller.abort();
    assert.ok((await decoded.hotspots).length > 0);
  });

  it("does not take the caller's chunks away", async () => {
    const copy = Uint8Array.from(small);
    await decode(copy);
    assert.equal(copy.length, small.length);
    assert.deepEqual(Buffer.from(copy), small);
  });

  it("tells how far it is", async () => {
    const seen: number[] = [];
    await decode(Buffer.concat(new Array(30).fill(small)), {
      want: "summaries",
      onProgress: (bytes) => seen.push(bytes),
    });
    assert.ok(seen.length > 1);
    assert.equal(seen.at(-1), small.length * 30);
  });

  it("serves many at a time with two threads", async () => {
    const all = await Promise.all(Array.from({ length: 7 }, () => decode(small)));
    for (const { trace } of all) assert.equal(trace?.length, 300);
  });
});

describe("compressed input", () => {
  for (const [what, bytes] of [
    ["gzip", gzipSync(small)],
    ["zstd", zstdCompressSync(small)],
  ] as const) {
    it(`is seen by its bytes: ${what}`, async () => {
      const { trace, notes } = await decode(bytes);
      assert.equal(trace?.length, 300);
      assert.deepEqual(notes, []);
    });
  }

  it("with something behind it is read, and that is noted", async () => {
    const { trace, notes } = await decode(Buffer.concat([gzipSync(small), Buffer.from("garbage")]));
    assert.equal(trace?.length, 300);
    assert.deepEqual(notes, ["7 bytes behind the gzip data were passed over"]);
  });

  it("that is damaged is refused as corrupt", async () => {
    const damaged = gzipSync(small);
    damaged[damaged.length - 6] ^= 1;
    await assert.rejects(decode(damaged), /^UserError: shop.pb: corrupt gzip/);
    await assert.rejects(decode(gzipSync(small).subarray(0, 300)), /corrupt gzip: it ends too early/);
    const frame = zstdCompressSync(small);
    await assert.rejects(decode(frame.subarray(0, frame.length - 10)), /corrupt zstd/);
    frame.fill(0xff, 20, 60);
    await assert.rejects(decode(frame), /corrupt zstd|not OTLP/);
  });

  it("that inflates beyond the limit is refused", async () => {
    const bomb = gzipSync(Buffer.concat(new Array(20).fill(small)));
    await withDecoder({ maxInflated: 1 << 20 }, async (own) => {
      await assert.rejects(decode(bomb, {}, own), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.code, "tooLarge");
        assert.match(error.message, /inflates to more than 1 MB/);
        return true;
      });
      assert.equal((await decode(gzipSync(small), {}, own)).trace?.length, 300);
    });
  });
});

describe("what cannot be decoded", () => {
  it("is refused by name, and the next input is read", async () => {
    await assert.rejects(decode(Buffer.from("<!doctype html><title>Log in</title>")), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^shop\.pb: This is an HTML page/);
      return true;
    });
    await assert.rejects(decode(new Uint8Array(0)), /an empty file/);
    assert.equal((await decode(small)).trace?.length, 300);
  });

  it("is not read to its end", async () => {
    let given = 0;
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          given++;
          yield Buffer.alloc(1 << 16, "not a trace ");
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    }
    await assert.rejects(decoder.decode(endless(), wanted(), never), /plain text/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(closed);
    assert.ok(given < 10_000);
  });

  it("because its body failed is told with that error", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield small.subarray(0, 100);
      throw new UserError("The connection was lost.");
    }
    await assert.rejects(decoder.decode(broken(), wanted(), never), /The connection was lost/);
    assert.equal((await decode(small)).trace?.length, 300);
  });
});

describe("a request that is aborted", () => {
  it("ends at once while its body hangs, and while it waits for a thread", async () => {
    async function* hanging(): AsyncGenerator<Uint8Array> {
      yield small.subarray(0, 100);
      await new Promise(() => {});
    }
    await withDecoder({ threads: 1 }, async (own) => {
      const [first, second] = [new AbortController(), new AbortController()];
      const running = own.decode(hanging(), wanted(), first.signal);
      const waiting = own.decode(pieces(small), wanted(), second.signal);
      const third = own.decode(pieces(small), wanted(), never);
      second.abort(new Error("second"));
      await assert.rejects(waiting, /second/);
      first.abort(new Error("first"));
      await assert.rejects(running, /first/);
      assert.equal((await third).trace?.length, 300);
    });
  });

  it("before it began is not begun", async () => {
    const controller = new AbortController();
    controller.abort(new Error("too late"));
    await assert.rejects(decoder.decode(pieces(small), wanted(), controller.signal), /too late/);
    await assert.rejects(decoder.decodeFile(join(folder, "none"), wanted(), controller.signal), /too late/);
  });
});

describe("a file", () => {
  it("is read by the thread, compressed or not", async () => {
    const [plain, packed] = [join(folder, "a.pb"), join(folder, "b.json")];
    writeFileSync(plain, small);
    writeFileSync(packed, gzipSync(small));
    for (const path of [plain, packed]) {
      assert.equal((await decoder.decodeFile(path, wanted(), never)).trace?.length, 300);
    }
  });

  it("must be a regular one with something in it", async () => {
    const [pipe, empty, loop] = [join(folder, "pipe"), join(folder, "empty"), join(folder, "loop")];
    execFileSync("mkfifo", [pipe]);
    writeFileSync(empty, "");
    symlinkSync(loop, loop);
    const cases: readonly [string, RegExp][] = [
      [folder, /is a folder/],
      [pipe, /not a regular file/],
      ["/dev/zero", /not a regular file/],
      ["/proc/self/status", /is empty/],
      [empty, /is empty/],
      [loop, /circle/],
      [join(folder, "missing"), /no such file/],
    ];
    for (const [path, message] of cases) {
      await assert.rejects(decoder.decodeFile(path, wanted(), never), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, message);
        return true;
      });
    }
  });
});

describe("a thread", () => {
  it("that fails is replaced", async () => {
    const failing = join(folder, "failing.mjs");
    writeFileSync(failing, "process.exit(3)");
    const own = createDecoder(failing);
    await assert.rejects(decode(small, {}, own), /ended unexpectedly/);
    writeFileSync(failing, "throw new Error('broken')");
    await assert.rejects(decode(small, {}, own), /thread failed/);
    own.dispose();
    await assert.rejects(decode(small, {}, own), { code: "closed" });
  });
});
