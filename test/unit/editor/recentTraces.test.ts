import assert from "node:assert/strict";
import { test } from "node:test";
import type { Memento } from "vscode";
import type { Connections } from "../../../src/editor/connections.ts";
import { asRecent, RecentTraces } from "../../../src/editor/recentTraces.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import { editor } from "../../support/fakeVscode.ts";

const { RecentTree } = await import("../../../src/editor/recentTree.ts");

function summary(traceId: string, startMs = 1): TraceSummary {
  const services = [{ name: "cart", spans: 1 }];
  return {
    traceId,
    startMs,
    durationNs: 1,
    spans: 1,
    errors: 0,
    rootName: "",
    rootService: "",
    services,
  } as unknown as TraceSummary;
}

const recent = () => new RecentTraces(editor.memento() as unknown as Memento);

test("What one connection receives does not push out what another was seen to have", () => {
  const traces = recent();
  traces.seen("Jaeger", [summary("old")], 0);
  const many = Array.from({ length: 300 }, (_, i) => summary(`new ${i}`, 1000 + i));
  traces.seen("Received", many, 0);
  const listed = traces.list().map((trace) => trace.summary.traceId);
  assert.equal(listed.length, 201);
  assert.equal(listed[0], "new 299");
  assert.ok(listed.includes("old"));
});

test("What began before the time that is looked at goes, of that connection alone", () => {
  const traces = recent();
  traces.seen("Jaeger", [summary("a", 10)], 0);
  traces.seen("Tempo", [summary("b", 10), summary("c", 30)], 20);
  assert.deepEqual(
    traces.list().map((trace) => trace.summary.traceId),
    ["c", "a"],
  );
});

test("Services of a recent trace that are none are left out: anybody may hand one over", () => {
  const address = { kind: "connection", connection: "Jaeger", traceId: "a" };
  const services = [null, 7, { name: 3, spans: 1 }, { name: "cart", spans: 1 }];
  const read = asRecent({ address, summary: { ...summary("a"), services }, pinned: false, openedMs: 0 });
  assert.deepEqual(read?.summary.services, [{ name: "cart", spans: 1 }]);
});

test("Files and a connection of that name are two groups", () => {
  const traces = recent();
  traces.opened({ kind: "file", path: "/a.json", traceId: "a" }, summary("a"));
  traces.seen("Files", [summary("b")], 0);
  const connections = { active: undefined, onChange: () => ({ dispose() {} }) } as unknown as Connections;
  const tree = new RecentTree(traces, connections);
  const groups = tree.getChildren();
  assert.equal(groups.length, 2);
  assert.deepEqual(
    groups.map((group) => tree.getChildren(group).length),
    [1, 1],
  );
  tree.dispose();
  traces.dispose();
});

test("A row says what matters first, and that it is pinned by its icon and to a screen reader", () => {
  const traces = recent();
  const address = { kind: "connection", connection: "Jaeger", traceId: "a" } as const;
  const startMs = Date.now() - 5 * 60_000;
  const failed = { ...summary("a", startMs), durationNs: 503e6, errors: 2, spans: 11, rootService: "orders" };
  traces.opened(address, failed);
  const connections = { active: undefined, onChange: () => ({ dispose() {} }) } as unknown as Connections;
  const tree = new RecentTree(traces, connections);
  const row = () => tree.getTreeItem(tree.getChildren()[0]);
  assert.equal(row().description, "503 ms · 2 errors · 5 min ago · orders · 11 spans");
  const failedIcon = row().iconPath as { id: string; color: unknown };
  assert.equal(failedIcon.id, "error");
  assert.doesNotMatch(row().accessibilityInformation?.label ?? "", /pinned/);
  traces.pin(traces.list()[0], true);
  assert.deepEqual({ ...(row().iconPath as object) }, { id: "pinned", color: failedIcon.color });
  assert.match(row().accessibilityInformation?.label ?? "", /, pinned$/);
  tree.dispose();
  traces.dispose();
});

test("A trace that is removed while it still grows is not listed again, until it is opened again", () => {
  const traces = recent();
  const address = { kind: "connection", connection: "Received", traceId: "a" } as const;
  traces.opened(address, summary("a"));
  traces.grown(address, { ...summary("a"), spans: 2 });
  assert.equal(traces.list()[0].summary.spans, 2);
  traces.remove(traces.list()[0]);
  traces.grown(address, { ...summary("a"), spans: 3 });
  assert.equal(traces.list().length, 0);
  traces.opened(address, summary("a"));
  assert.equal(traces.list().length, 1);
});
