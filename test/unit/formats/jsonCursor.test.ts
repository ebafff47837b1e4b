import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { JsonCursor } from "../../../src/formats/jsonCursor.ts";
import { needMore } from "../../../src/formats/jsonFault.ts";
import { JsonId } from "../../../src/formats/jsonId.ts";
import { JsonKeys } from "../../../src/formats/jsonKeys.ts";
import { addMicros, readMicros, readNanos, readScalar } from "../../../src/formats/jsonNumber.ts";
import { bigintOfWords } from "../../../src/model/time64.ts";

function cursorOn(text: string | Uint8Array, last = true): JsonCursor {
  const cursor = new JsonCursor();
  cursor.append(typeof text === "string" ? new TextEncoder().encode(text) : text);
  cursor.last = last;
  return cursor;
}

describe("The JSON cursor", () => {
  for (const [json, meant] of [
    ['"plain"', "plain"],
    ['""', ""],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
    ['"\\u0041\\u00e9\\u20AC"', "Aé€"],
    ['"\\ud83d\\ude00"', "😀"],
    ['"\\ud83d"', "\ufffd"],
    ['"\\ude00\\ud83d"', "\ufffd\ufffd"],
    ['"\\ud83d\\ud83d\\ude00"', "\ufffd😀"],
    ['"\\ud83dx"', "\ufffdx"],
    ['"a\\u0000b"', "a\0b"],
    ['"ümlaut\\n😀"', "ümlaut\n😀"],
  ]) {
    test(`reads the string ${json}`, () => {
      const cursor = cursorOn(json);
      cursor.string();
      assert.equal(cursor.text(), meant);
    });
  }

  for (const json of ['"\\x"', '"\\u12g4"', '"\\u12"', '"a\nb"', '"a', '"a\\', '{"a":"'])
    test(`refuses the string ${JSON.stringify(json)} and stays where it is`, () => {
      const cursor = cursorOn(json);
      assert.throws(() => cursor.string(), UserError);
      assert.equal(cursor.at, 0);
    });

  test("asks for more when the window ends inside a value", () => {
    for (const json of ['"abc', '"abc\\', '"\\u00', "12", "tr", '{"a":1', "[", "[1,", "  ", ""]) {
      const cursor = cursorOn(json, false);
      assert.throws(
        () => cursor.skip(),
        (error) => error === needMore,
        json,
      );
      assert.equal(cursor.at, 0);
    }
  });

  test("passes over any value and stops behind it", () => {
    for (const json of [
      "1",
      "-1.5e3",
      "true",
      "null",
      '"a\\"]}"',
      "[]",
      "{}",
      '{"a":[1,{"b":"}"}],"c":null}',
      "NaN",
    ]) {
      const cursor = cursorOn(`${json} ,`);
      cursor.skip();
      assert.equal(cursor.at, json.length);
    }
  });

  for (const json of ["]", "{]", "[}", "[1}", '{"a":1]', ":", ",", "#"])
    test(`refuses ${json} where a value is due`, () => {
      assert.throws(() => cursorOn(`${json} `).skip(), /byte \d+: expected/);
    });

  test("names the byte and the depth of nesting that no trace needs", () => {
    assert.throws(() => cursorOn("[".repeat(5000)).skip(), /nested more than 1000 levels deep at byte 1000/);
  });

  test("goes through an object's members in any order, unknown and escaped names among them", () => {
    const keys = new JsonKeys(["", "one uno", "two"]);
    const fields: number[] = [];
    for (const text of ['{"one":1,"x":[{}],"two":2}', '{ "two" : 1 , "uno" :2}', '{"\\u006fne":3}', "{}"]) {
      const cursor = cursorOn(text);
      assert.ok(cursor.object());
      let field = cursor.member(keys);
      for (; field >= 0; field = cursor.member(keys)) {
        fields.push(field);
        cursor.skip();
      }
      assert.equal(cursor.at, text.length);
    }
    assert.deepEqual(fields, [1, 0, 2, 2, 1, 1]);
  });

  for (const [text, expected] of [
    ['{"a":1 "b":2}', /comma or }/],
    ['{"a":1,}', /member name in quotes, found "}"/],
    ['{,"a":1}', /expected a value, found ","/],
    ["{1:2}", /member name in quotes/],
    ['{"a" 1}', /a colon/],
    ['{"a":1', /ends too early/],
  ] as const) {
    test(`says what is wrong with ${text}`, () => {
      const keys = new JsonKeys(["", "k"]);
      const cursor = cursorOn(text);
      assert.throws(() => {
        cursor.object();
        while (cursor.member(keys) >= 0) cursor.skip();
      }, expected);
    });
  }

  test("keeps what is not read when bytes are added, whatever is done to the chunk", () => {
    const cursor = new JsonCursor();
    for (const byte of new TextEncoder().encode('[1,"two",{"three":3}]')) {
      const chunk = Uint8Array.of(byte);
      cursor.append(chunk);
      chunk[0] = 0;
    }
    cursor.array();
    const found: string[] = [];
    while (cursor.element()) {
      cursor.any();
      found.push(cursor.text());
    }
    assert.deepEqual(found, ["1", "two", ""]);
  });
});

describe("Times in JSON", () => {
  const nanos: readonly (readonly [json: string, ns: bigint | "bad"])[] = [
    ["1748442169307227417", 1748442169307227417n],
    ['"1748442169307227417"', 1748442169307227417n],
    ["18446744073709551615", 18446744073709551615n],
    ["18446744073709551616", "bad"],
    ["0", 0n],
    ["-0", 0n],
    ["null", 0n],
    ['""', 0n],
    ["{}", 0n],
    ["1.7e18", 1700000000000000000n],
    ["1700000000000000000.0", 1700000000000000000n],
    ["-1", "bad"],
    ["1e400", "bad"],
    ['"NaN"', "bad"],
    ["NaN", "bad"],
    ['"Infinity"', "bad"],
    ['"yesterday"', "bad"],
  ];
  for (const [json, ns] of nanos) {
    test(`${json} ns is ${ns}`, () => {
      const out = { high: 0, low: 0 };
      const good = readNanos(cursorOn(json), out);
      assert.equal(good ? bigintOfWords(out.high, out.low) : "bad", ns);
    });
  }

  const micros: readonly (readonly [json: string, ns: bigint | "bad"])[] = [
    ["1705071460147265", 1705071460147265000n],
    ["9007199254740991", 9007199254740991000n],
    ["9007199254740993", 9007199254740993000n],
    ['"1485467191639875"', 1485467191639875000n],
    ["1485467191639875.5", 1485467191639875500n],
    ["1", 1000n],
    ["-5", "bad"],
    ['"invalid"', "bad"],
  ];
  for (const [json, ns] of micros) {
    test(`${json} µs is ${ns} ns`, () => {
      const out = { high: 0, low: 0 };
      const good = readMicros(cursorOn(json), out);
      const value = bigintOfWords(out.high, out.low);
      // A fraction goes through a double, which is exact to 256 ns at this size.
      if (json.includes(".")) assert.ok(value - (ns as bigint) < 256n && value - (ns as bigint) > -256n);
      else assert.equal(good ? value : "bad", ns);
    });
  }

  test("a negative duration ends before its start", () => {
    const out = { high: 0, low: 0 };
    const cursor = cursorOn("-5");
    assert.ok(readScalar(cursor));
    assert.ok(addMicros(cursor, { high: 1, low: 0 }, out));
    assert.equal(bigintOfWords(out.high, out.low), 4294967296n - 5000n);
  });
});

describe("Ids in JSON", () => {
  const ids: readonly (readonly [json: string, id: string])[] = [
    ['"5B8EFFF798038103D269B633813FC60C"', "5b8efff798038103d269b633813fc60c"],
    ['"W47/95gDgQPSabYzgT/GDA=="', "5b8efff798038103d269b633813fc60c"],
    ['"269b633813fc60c"', "00000000000000000269b633813fc60c"],
    ['"A"', "0000000000000000000000000000000a"],
    ['"7uGbfsPBsXQ="', "0000000000000000eee19b7ec3c1b174"],
    ['"ffffffffffffffffffffffffffffffff"', "ffffffffffffffffffffffffffffffff"],
    ['"xxxxx"', "xxxxx"],
    ['"__proto__"', "__proto__"],
    ['"constructor"', "constructor"],
    ['"ffffffffffffffffffffffffffffffff0"', "ffffffffffffffffffffffffffffffff0"],
    ['"0123456789ab-def0123456789abcdef"', "0123456789ab-def0123456789abcdef"],
    ['""', "00000000000000000000000000000000"],
    ["null", "00000000000000000000000000000000"],
    ["7", "00000000000000000000000000000000"],
  ];
  for (const [json, expected] of ids) {
    test(`${json} is ${expected}`, () => {
      const id = new JsonId();
      id.read(cursorOn(json));
      assert.equal(id.hex(32), expected);
    });
  }

  for (const [json, expected] of [
    ["8090652509916334619", "7047c59776af8a1b"],
    ["-1", "ffffffffffffffff"],
    ["0", "0000000000000000"],
    ["null", "0000000000000000"],
    ['"b26412d1ac16767d"', "b26412d1ac16767d"],
  ]) {
    test(`the bare number ${json} is ${expected}`, () => {
      const id = new JsonId();
      id.readNumber(cursorOn(json));
      assert.equal(id.hex(16), expected);
    });
  }
});
