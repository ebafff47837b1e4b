import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { WebviewPanel } from "vscode";
import { Emitter } from "../../../src/base/event.ts";
import { UserError } from "../../../src/base/userError.ts";
import type { LoadedTrace } from "../../../src/editor/traceLoader.ts";
import type { TraceTools } from "../../../src/editor/traceTools.ts";
import { spanIdOf } from "../../../src/model/spanId.ts";
import { drawTrace } from "../../support/drawnTrace.ts";
import { editor } from "../../support/fakeVscode.ts";

const { TraceTabs } = await import("../../../src/editor/traceTabs.ts");

const address = { kind: "connection", connection: "local", traceId: "1" } as const;
const short = drawTrace(`
  checkout ========
   pay         ====
`);
/** The same with a span that came late, and stands before the last row. */
const long = drawTrace(`
  checkout ========
   pay         ====
   load      =
`);

/** A tab whose trace is the short one at first, and the long one once its source has told of more. */
function tab(t: TestContext, isThere = true) {
  const heard = new Emitter<unknown>();
  const changed = new Emitter<void>();
  const waiting = new Map<unknown, (value: Record<string, unknown>) => void>();
  const told: unknown[][] = [];
  const revealed: boolean[] = [];
  let grown = () => {};
  const panel = {
    visible: true,
    title: "",
    reveal: (_column: undefined, preserveFocus: boolean) => revealed.push(preserveFocus),
    onDidDispose: () => ({ dispose() {} }),
    onDidChangeViewState: changed.event,
    webview: {
      asWebviewUri: ({ fsPath }: { fsPath: string }) => fsPath,
      cspSource: "",
      html: "",
      options: {},
      onDidReceiveMessage: heard.event,
      postMessage: async (message: Record<string, unknown>) => {
        if ("answer" in message) waiting.get(message.answer)?.(message);
        else told.push([message.tell, ...(message.args as unknown[])]);
        if (message.tell === "grown") grown();
      },
    },
  };
  let loads = 0;
  const load = async () => {
    if (loads++ === 0 && !isThere) throw new UserError("It may not have arrived yet.");
    const trace = loads === 1 ? short : long;
    const summary = { traceId: "1", rootName: "checkout", rootService: "", startMs: 0, durationNs: 0 };
    return { trace, summary, siblings: [], address, from: "local", live: true } as unknown as LoadedTrace;
  };
  const tools = {
    extensionUri: { fsPath: "/extension" },
    extensionId: "traceline.traceline",
    load,
    opened() {},
    isMergeable: () => false,
    log: { error: (_: string, error: unknown) => assert.fail(String(error)) },
  } as unknown as TraceTools;
  const tabs = new TraceTabs(tools);
  const made = tabs.adopt(panel as unknown as WebviewPanel, address);
  t.after(() => made.dispose());
  let calls = 0;
  /** What the page asks. */
  const ask = (method: string, ...args: unknown[]): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      const call = calls++;
      waiting.set(call, (message) => resolve((message.value ?? {}) as Record<string, unknown>));
      heard.fire({ call, method, args });
    });
  const grow = () =>
    new Promise<void>((resolve) => {
      grown = resolve;
      made.received();
    });
  return { tabs, made, ask, grow, told, revealed, panel, hide: () => changed.fire() };
}

test("A row that the page names is of the trace that it shows, though more has been fetched since", async (t) => {
  editor.reset();
  const { ask, grow } = tab(t);
  await ask("open", false);
  await grow();
  await ask("copyLink", 1);
  assert.match(editor.clipboard, new RegExp(`span=${spanIdOf(short, 1)}$`));
  await ask("open", false);
  await ask("copyLink", 1);
  assert.match(editor.clipboard, new RegExp(`span=${spanIdOf(long, 1)}$`));
});

test("A span that was shown once is not selected again when the trace grows", async (t) => {
  const { made, ask, grow, told } = tab(t);
  await ask("open", false);
  made.show(spanIdOf(short, 1));
  await grow();
  assert.deepEqual(told[0], ["reveal", 1]);
  assert.equal((await ask("open", false)).select, -1);
});

test("A span that is shown while the page is hidden is selected when the page comes back", async (t) => {
  const { made, ask, panel, hide } = tab(t);
  await ask("open", false);
  panel.visible = false;
  hide();
  made.show(spanIdOf(short, 1));
  assert.equal((await ask("open", false)).select, 1);
});

test("A tab that is there already takes the focus only when it may", async (t) => {
  const { tabs, revealed } = tab(t);
  tabs.open(address, "", true);
  tabs.open(address);
  assert.deepEqual(revealed, [true, false]);
});

test("A trace that was opened before it came is loaded when it comes", async (t) => {
  const { made, ask, told } = tab(t, false);
  await ask("open", false);
  made.received();
  assert.deepEqual(told, [["reload"]]);
  assert.equal((await ask("open", false)).version, 1);
  made.received();
  assert.equal(told.length, 1);
});

test("Tabs whose traces are called the same say how long each took, the only one of its name does not", async (t) => {
  const { tabs, panel, ask } = tab(t);
  await ask("open", false);
  assert.equal(panel.title, " · checkout");
  const other = { ...panel, title: "" };
  const second = tabs.adopt(other as unknown as WebviewPanel, { ...address, traceId: "2" });
  t.after(() => second.dispose());
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([panel.title, other.title], [" · checkout · 0 ns", " · checkout · 0 ns"]);
});
