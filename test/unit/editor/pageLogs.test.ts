import assert from "node:assert/strict";
import { test } from "node:test";
import { logPlace, pageLogs, whyNoLogs } from "../../../src/editor/pageLogs.ts";
import type { LogRecord } from "../../../src/model/logRecord.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const trace = drawTrace(`
  checkout ====
   pay      ==
`);

function record(change: Partial<LogRecord> = {}): LogRecord {
  return {
    time: 2_000_000,
    severity: 13,
    severityText: "WARN",
    body: "stock is low",
    service: "inventory",
    scope: "stock",
    spanId: "0000000000000002",
    attributes: [],
    ...change,
  };
}

test("A record stands at the row of its span", () => {
  const rows = pageLogs(trace, [record(), record({ spanId: "" }), record({ spanId: "00000000000000ff" })]);
  assert.deepEqual(
    rows.map((log) => log.row),
    [1, -1, -1],
  );
});

test("Texts that are long beyond reading are cut, with a mark", () => {
  const [log] = pageLogs(trace, [record({ body: "x".repeat(5000), attributes: [["k", "v".repeat(2000)]] })]);
  assert.equal(log.body, `${"x".repeat(4096)}…`);
  assert.equal(log.attributes[0][1], `${"v".repeat(1024)}…`);
});

const places: [title: string, attributes: [string, string][], place: object, named: boolean][] = [
  [
    "the present names",
    [
      ["code.file.path", "/app/stock.py"],
      ["code.line.number", "12"],
      ["code.function.name", "stock.take"],
    ],
    { file: "/app/stock.py", line: 12, function: "stock.take" },
    true,
  ],
  [
    "the old names",
    [
      ["code.filepath", "stock.py"],
      ["code.lineno", "7"],
    ],
    { file: "stock.py", line: 7, function: "" },
    true,
  ],
  [
    "a line that is none",
    [
      ["code.filepath", "stock.py"],
      ["code.lineno", "-7"],
    ],
    { file: "stock.py", line: 0 },
    true,
  ],
  ["nothing", [["thread.name", "main"]], { file: "", line: 0, function: "" }, false],
];

for (const [title, attributes, place, named] of places) {
  test(`A record's place in the code: ${title}`, () => {
    const log = record({ attributes });
    const found = logPlace(log);
    for (const [key, value] of Object.entries(place)) assert.equal(found[key as keyof typeof found], value);
    assert.equal(pageLogs(trace, [log])[0].place, named);
  });
}

const reasons: [title: string, logs: LogRecord[] | undefined, why: string][] = [
  ["a source without logs", undefined, "Team Tempo gives traces without their logs."],
  ["a trace without logs", [], "This trace has no logs."],
  ["a trace with logs", [record()], ""],
];
for (const [title, logs, why] of reasons) {
  test(`Why there are no logs is told of ${title}`, () => {
    assert.equal(whyNoLogs(logs, "Team Tempo"), why);
  });
}
