import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { editor } from "../../support/fakeVscode.ts";

const { leastLimits, receivedLimits } = await import("../../../src/editor/received/receivedLimits.ts");

const { configuration } = JSON.parse(
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
).contributes;
const declared: Record<string, { default: number; minimum: number }> = Object.assign(
  {},
  ...[configuration].flat().map(({ properties }: { properties: object }) => properties),
);

function reset(): void {
  editor.reset();
  for (const name of Object.keys(leastLimits))
    editor.defaults.set(name, declared[`traceline.${name}`].default);
}

test("The least of each limit is the one that package.json declares", () => {
  for (const [name, least] of Object.entries(leastLimits))
    assert.equal(declared[`traceline.${name}`].minimum, least, name);
});

test("Limits within their bounds are as they are set", () => {
  reset();
  editor.set("received.maxSpans", 1000);
  editor.set("received.maxAge", 2);
  const { maxBodyBytes, limits, raised } = receivedLimits();
  assert.deepEqual(limits, { maxSpans: 1000, maxBytes: 1024 * 2 ** 20, maxAgeHours: 2 });
  assert.equal(maxBodyBytes, 64 * 2 ** 20);
  assert.deepEqual(raised, []);
});

for (const value of [0, -5]) {
  test(`Limits of ${value} are not unlimited but the least there is, and each is named with what is used`, () => {
    reset();
    for (const name of Object.keys(leastLimits)) editor.set(name, value);
    const { maxBodyBytes, limits, raised } = receivedLimits();
    assert.deepEqual(limits, { maxSpans: 1000, maxBytes: 16 * 2 ** 20, maxAgeHours: 1 });
    assert.equal(maxBodyBytes, 2 ** 20);
    assert.equal(raised.length, 4);
    assert.ok(
      raised.includes(
        `The setting traceline.received.maxSpans is ${value}, which is too little: 1,000 is used instead.`,
      ),
      raised.join("\n"),
    );
  });
}
