import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { headOf, headSize } from "../../../src/formats/head.ts";
import { formats, recognise } from "../../../src/formats/index.ts";

describe("a head", () => {
  it("has member names by depth of objects, arrays not counted", () => {
    const { json } = headOf(Buffer.from('[[{"a":{"b":[{"c":"d"}]},"e":{"f\\"g":1}}]'), true);
    assert.equal(json?.root, "array");
    assert.deepEqual(
      json?.keys.map((names) => [...names]),
      [["a", "e"], ["b", 'f\\"g'], ["c"], [], [], []],
    );
  });

  it("is read as far as it goes when it is cut, and never further than 64 KB", () => {
    assert.deepEqual([...headOf(Buffer.from('{"data":[{"spans":[{"tra'), false).json!.keys[1]], ["spans"]);
    const long = Buffer.concat([Buffer.from(`{"a":"${"x".repeat(headSize)}`), Buffer.from('","b":1}')]);
    const head = headOf(long, true);
    assert.deepEqual([...head.json!.keys[0]], ["a"]);
    assert.equal(head.whole, false);
    assert.equal(head.bytes.length, headSize);
  });

  it("takes strings with braces, quotes and colons for strings", () => {
    const { json } = headOf(Buffer.from('{"a":"{\\"x\\":1","b":"\\\\","c":1}'), true);
    assert.deepEqual([...json!.keys[0]], ["a", "b", "c"]);
    assert.equal(json!.keys[1].size, 0);
  });

  it("may begin with a byte order mark and white space, and be nested without end", () => {
    assert.equal(headOf(Buffer.from('\ufeff \r\n\t{"a":1}'), true).json?.root, "object");
    assert.equal(headOf(Buffer.from("[".repeat(60_000)), true).json?.root, "array");
    assert.equal(headOf(Buffer.from('{"a":'.repeat(10_000)), true).json?.keys.length, 6);
  });

  it("is not taken for JSON when it is protobuf whose first length is a bracket's byte", () => {
    for (const length of [0x5b, 0x7b]) {
      const message = Buffer.alloc(length + 2, "x");
      message.set([0x0a, length, 0x0a, length - 2, 0x0a, 0x12]);
      assert.equal(headOf(message, true).json, undefined);
      assert.notEqual(headOf(Buffer.from(`\n${String.fromCharCode(length)}\n"a":1`), true).json, undefined);
    }
  });

  it("has no names when it is not JSON", () => {
    for (const text of ["", "null", "<html>", "\u0000{", "plain"]) {
      assert.equal(headOf(Buffer.from(text), true).json, undefined, text);
    }
    assert.equal(headOf(Buffer.from('{"a":1}', "utf16le"), true).json, undefined);
  });
});

describe("what is no trace", () => {
  const cases: readonly [what: string, bytes: Buffer, message: RegExp][] = [
    ["an empty file", Buffer.alloc(0), /empty file/],
    ["white space", Buffer.from(" \n\n"), /white space/],
    ["UTF-16 with a mark", Buffer.from("\ufeff{}", "utf16le"), /UTF-16; save it as UTF-8/],
    ["UTF-16 without one", Buffer.from('{"resourceSpans":[]}', "utf16le"), /UTF-16/],
    ["a web page", Buffer.from("\n<!DOCTYPE html><html>"), /HTML page/],
    ["a web page behind a byte order mark", Buffer.from("\ufeff<html>"), /HTML page/],
    ["XML", Buffer.from('<?xml version="1.0"?><a/>'), /XML/],
    ["null", Buffer.from("null"), /JSON value null/],
    ["a number", Buffer.from("42\n"), /JSON value 42/],
    ["text", Buffer.from("2026-01-02 INFO started"), /plain text/],
    ["a zip", Buffer.from("504b030414000000", "hex"), /zip archive/],
    ["bzip2", Buffer.from("BZh91AY&SY"), /bzip2/],
    ["gzip in gzip", Buffer.from("1f8b0800", "hex"), /gzip twice/],
    ["random bytes", Buffer.from("f00180ff00010203ffee", "hex"), /binary file/],
    ["Thrift", Buffer.from("0c000000010a00010000000000000001", "hex"), /Thrift/],
    ["a Chrome trace", Buffer.from('{"traceEvents":[{"ph":"X","ts":1}]}'), /Chrome trace/],
    ["a Chrome trace without a root", Buffer.from('[{"ph":"X","ts":1,"name":"a"}]'), /Chrome trace/],
    ["OTLP profiles", Buffer.from('{"resourceProfiles":[]}'), /OTLP profiles/],
    ["an empty search answer", Buffer.from('{"traces":[],"metrics":{}}'), /search answer of Tempo/],
    ["an error", Buffer.from('{"error":"unauthorized"}'), /error message/],
    [
      "other JSON",
      Buffer.from('{"name":"package","version":"1.0.0"}'),
      /unknown kind, with "name", "version"/,
    ],
  ];
  for (const [what, bytes, message] of cases) {
    it(`is named for what it is: ${what}`, () => {
      assert.throws(
        () => recognise(headOf(bytes, true)),
        (error) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("is told together with what can be read", () => {
    assert.throws(
      () => recognise(headOf(Buffer.from("hello"), true)),
      (error) => formats.slice(0, -1).every(({ name }) => String(error).includes(name)),
    );
  });

  it("cannot put its text into the message at length", () => {
    const name = `"${"x".repeat(100)}"`;
    assert.throws(
      () => recognise(headOf(Buffer.from(`{${name}:1}`), true)),
      (error) => error instanceof UserError && error.message.length < 300,
    );
  });
});
