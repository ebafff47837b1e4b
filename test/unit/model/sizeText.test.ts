import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeText } from "../../../src/model/sizeText.ts";

const sizes: [bytes: number, text: string][] = [
  [0, "0 bytes"],
  [1, "1 byte"],
  [1023, "1,023 bytes"],
  [1024, "1 KB"],
  [65_536, "64 KB"],
  [65_537, "65 KB"],
  [2 ** 20, "1 MB"],
  [2 ** 20 + 1, "2 MB"],
  [2 ** 30, "1,024 MB"],
];
for (const [bytes, text] of sizes) {
  test(`A size is told in powers of 1024, rounded up: ${text}`, () => {
    assert.equal(sizeText(bytes), text);
  });
}
