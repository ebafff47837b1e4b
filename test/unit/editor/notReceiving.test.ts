import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { Memento } from "vscode";
import { UserError } from "../../../src/base/userError.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts, memorySource, received } from "./connectionParts.ts";

const { switchConnection } = await import("../../../src/editor/connectionPick.ts");
const { ConnectionTree } = await import("../../../src/editor/connectionTree.ts");
const { RecentTraces } = await import("../../../src/editor/recentTraces.ts");
const { RecentTree } = await import("../../../src/editor/recentTree.ts");
const { statusBar } = await import("../../../src/editor/statusBar.ts");

beforeEach(() => editor.reset());

/** A window that keeps received traces and receives none. */
function scene() {
  const { connections } = connectionParts();
  connections.addBuiltIn(received, memorySource(received));
  connections.setStopped(received.name, true);
  return connections;
}

describe("while nothing is received", () => {
  test("the status bar says so, whatever the store has answered, until the receiver starts", async () => {
    const connections = scene();
    statusBar(connections);
    const [item] = editor.statusBarItems;
    assert.equal(item.text, "$(circle-slash) Received traces: not receiving");
    assert.match(item.tooltip?.value ?? "", /Not receiving\. What stands here are kept traces/);
    await connections.use(received, async () => {});
    assert.match(item.text, /: not receiving$/);
    connections.setStopped(received.name, false);
    assert.equal(item.text, "$(pass) Received traces");
    connections.setStopped(received.name, true);
    assert.match(item.text, /: not receiving$/);
  });

  test("questions to the store change nothing that is seen", async () => {
    const connections = scene();
    await connections.use(received, async () => {});
    let changes = 0;
    connections.onChange(() => changes++);
    await connections.use(received, async () => {});
    assert.equal(changes, 0);
  });

  test("a store that fails says why", async () => {
    const connections = scene();
    const fail = () => Promise.reject(new UserError("The disk is full."));
    await assert.rejects(connections.use(received, fail));
    assert.equal(connections.stateOf(received).detail, "The disk is full.");
  });

  test("the connections view says so", () => {
    const connections = scene();
    const tree = new ConnectionTree(connections);
    const item = tree.getTreeItem({ kind: "connection", connection: received.name });
    assert.equal(item.description, "active · not receiving · in this editor");
    assert.equal((item.iconPath as { id: string }).id, "circle-slash");
  });

  test("a click on the status bar offers to start the receiver first", async () => {
    const connections = scene();
    editor.answer = ({ choices }) => choices[0];
    await switchConnection(connections);
    assert.deepEqual(editor.asked[0].choices.slice(0, 2), [
      "$(play) Start Receiver",
      "$(debug-alt) Run with Tracing",
    ]);
    assert.deepEqual(editor.commands.at(-1), ["traceline.startReceiver"]);
    connections.setStopped(received.name, false);
    editor.answer = () => undefined;
    await switchConnection(connections);
    assert.equal(editor.asked[1].choices[0], received.name);
  });

  test("kept traces are told for what they are, above their list alone", () => {
    const connections = scene();
    const recent = new RecentTraces(editor.memento() as unknown as Memento);
    const tree = new RecentTree(recent, connections);
    assert.equal(tree.message(), undefined, "the buttons of an empty view are seen");
    const summary = { traceId: "a", startMs: 1, durationNs: 1, spans: 1, errors: 0, services: [] };
    recent.seen(received.name, [{ ...summary, rootName: "", rootService: "" } as TraceSummary], 0);
    assert.match(tree.message() ?? "", /^Not receiving\..* kept traces; Start Receiver/);
    connections.setStopped(received.name, false);
    assert.equal(tree.message(), undefined);
    tree.dispose();
    recent.dispose();
  });
});
