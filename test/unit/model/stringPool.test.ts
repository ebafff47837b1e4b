import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StringPool } from "../../../src/model/stringPool.ts";
import { random } from "../../bench/generateSpans.ts";

describe("a string pool", () => {
  it("gives equal bytes one index and different bytes different ones, whatever their length and place", () => {
    const next = random(3);
    const pool = new StringPool();
    const known = new Map<string, number>();
    const sources = Array.from({ length: 3 }, () =>
      Uint8Array.from({ length: 4096 }, () => 97 + Math.floor(next() * 2)),
    );
    for (let round = 0; round < 20_000; round++) {
      const source = sources[Math.floor(next() * sources.length)];
      const from = Math.floor(next() * 4000);
      const to = from + Math.floor(next() * 20);
      const index = pool.intern(source, from, to);
      const text = Buffer.from(source.subarray(from, to)).toString("latin1");
      assert.equal(index, known.get(text) ?? known.size);
      known.set(text, index);
      assert.ok(pool.equals(index, source, from, to));
      assert.ok(!pool.equals(known.size, source, from, to));
    }
    const table = pool.table();
    assert.equal(table.length, known.size);
    for (const [text, index] of known) assert.equal(table.at(index), text);
  });

  it("takes text and its UTF-8 bytes for the same string", () => {
    const pool = new StringPool();
    for (const text of ["", "a", "abc", "häß", "日本語 text", "🚀".repeat(100)]) {
      const bytes = Buffer.from(text);
      assert.equal(pool.intern(bytes, 0, bytes.length), pool.internText(text));
    }
    assert.equal(pool.malformed, 0);
  });

  it("counts distinct strings that are not UTF-8, wherever the bad byte stands", () => {
    const pool = new StringPool();
    for (let at = 0; at < 9; at++) {
      const bytes = Buffer.from("abcdefghi");
      bytes[at] = 0xff;
      pool.intern(bytes, 0, bytes.length);
      pool.intern(bytes, 0, bytes.length);
    }
    pool.intern(Uint8Array.of(0xc3), 0, 1);
    assert.equal(pool.malformed, 10);
  });

  it("keeps what is marked as used when it is made compact", () => {
    const pool = new StringPool();
    for (const text of ["a", "bb", "", "ccc"]) pool.internText(text);
    const { table, moved } = pool.compact(Uint8Array.of(0, 1, 1, 1));
    assert.deepEqual(
      [table.length, table.at(moved[1]), table.at(moved[2]), table.at(moved[3])],
      [3, "bb", "", "ccc"],
    );
  });
});
