import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Memento, QuickPick, QuickPickItem } from "vscode";
import { RecentTraces } from "../../../src/editor/recentTraces.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts } from "./connectionParts.ts";

const fake = (await import("vscode")) as unknown as { window: { createQuickPick(): unknown } };
const { pickTrace } = await import("../../../src/editor/pickTrace.ts");

beforeEach(() => editor.reset());

/** The rows of the box after a text was typed, and what Enter made of the first row that VS Code leaves. */
async function typed(text: string, recentName = "") {
  const { createQuickPick } = fake.window;
  let box: QuickPick<QuickPickItem> | undefined;
  fake.window.createQuickPick = () => {
    box = createQuickPick() as QuickPick<QuickPickItem>;
    return box;
  };
  const recent = new RecentTraces(editor.memento() as unknown as Memento);
  const summary = { traceId: "a", startMs: 1, durationNs: 1, spans: 1, errors: 0, services: [] };
  if (recentName !== "")
    recent.seen("Jaeger", [{ ...summary, rootName: recentName, rootService: "shop" } as TraceSummary], 0);
  editor.answer = () => text;
  const picked = pickTrace(recent, connectionParts().connections);
  // The answer is taken within a few microtasks; a box that takes nothing stays open.
  await new Promise((resolve) => setImmediate(resolve));
  const rows = (box?.items ?? []).filter(({ kind }) => kind !== -1).map(({ label }) => label);
  box?.hide();
  fake.window.createQuickPick = createQuickPick;
  recent.dispose();
  return { rows, picked: await picked };
}

const none = "$(info) Not a trace ID, a header or a link that Traceline knows";
const file = "$(folder-opened) Open a trace file…";

for (const text of ["hello", "x", "not a trace at all"]) {
  test(`Of ${JSON.stringify(text)} the box says that it is no trace, and Enter opens no file`, async () => {
    const { rows, picked } = await typed(text);
    assert.deepEqual(rows, [none, file]);
    assert.equal(picked, undefined);
  });
}

for (const [text, why] of [
  ["get /or", "finds a recent trace"],
  ["trace file", "finds the row of files"],
  ["", "is nothing yet"],
] as const) {
  test(`Nothing is said of ${JSON.stringify(text)}, which ${why}`, async () => {
    assert.equal((await typed(text, "GET /orders")).rows.includes(none), false);
  });
}
