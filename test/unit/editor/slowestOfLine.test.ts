import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { DocumentFunctions, FunctionLines } from "../../../src/editor/hints/functionLines.ts";
import type { HintView } from "../../../src/editor/hints/hintView.ts";
import { editor } from "../../support/fakeVscode.ts";

const fake = (await import("vscode")) as unknown as { window: { activeTextEditor: unknown } };
const { openSlowestOfLine } = await import("../../../src/editor/hints/slowestOfLine.ts");

beforeEach(() => editor.reset());

/** A hint on a line, from 0, whose slowest call is of a trace; "" where no trace is known. */
const hint = (line: number, traceId: string, duration = 1) => ({
  line,
  stale: false,
  hint: {
    p50: duration,
    place: { line },
    slowest: traceId === "" ? [] : [{ traceId, spanId: `span of ${traceId}`, duration }],
  },
});
type Hint = ReturnType<typeof hint>;

const functions: FunctionLines[] = [
  { name: "checkout", first: 10, last: 20 },
  { name: "empty", first: 30, last: 40 },
];
const hints = [hint(12, "a"), hint(18, "b"), hint(18, "slower", 9), hint(50, "loose"), hint(60, "")];

/** What is run with the caret on a line, or what is said. */
async function at(line: number | undefined, shown: readonly Hint[] = hints, enabled = true) {
  fake.window.activeTextEditor =
    line === undefined ? undefined : { document: {}, selection: { active: { line } } };
  const view = { enabled, hints: () => (enabled ? shown : []) } as unknown as HintView;
  const known = { known: () => undefined, read: async () => functions } as unknown as DocumentFunctions;
  await openSlowestOfLine(view, known);
  fake.window.activeTextEditor = undefined;
  return editor.commands.at(-1) ?? editor.asked.at(-1)?.text;
}

for (const [line, traceId, why] of [
  [12, "a", "the hint of the line"],
  [10, "a", "the hint whose lens stands above the function"],
  [13, "a", "the nearest hint of the function"],
  [17, "slower", "the slowest of those that are equally near"],
  [50, "loose", "a hint outside of all functions on its own line"],
] as const) {
  test(`On line ${line} it opens the slowest trace of ${why}`, async () => {
    assert.deepEqual(await at(line), ["traceline.openHintTrace", traceId, `span of ${traceId}`]);
  });
}

test("Where no trace of a hint is known it searches for some, as a click does", async () => {
  assert.deepEqual(await at(60), ["traceline.searchHintPlace", { line: 60 }]);
});

for (const line of [5, 35, 51]) {
  test(`On line ${line}, neither with a hint nor in a function with one, it says so`, async () => {
    assert.match(String(await at(line)), /This line has no latency hint/);
  });
}

test("Without an editor in front, or with hints off, it says what to do", async () => {
  assert.match(String(await at(undefined)), /Put the caret on a line/);
  assert.match(String(await at(12, hints, false)), /Latency hints are off/);
});
