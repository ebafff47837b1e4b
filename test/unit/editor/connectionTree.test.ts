import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import type { Dependency } from "../../../src/model/dependency.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts, memorySource, received } from "./connectionParts.ts";

const { ConnectionTree } = await import("../../../src/editor/connectionTree.ts");
const { RefusalMessages } = await import("../../../src/editor/refusalMessages.ts");

const entry = { name: "team", kind: "jaeger", url: "https://jaeger.example/base" };
const { signal } = new AbortController();

beforeEach(() => editor.reset());

/** What the view shows, in lines: icon, label, description; children indented. */
async function drawn(tree: InstanceType<typeof ConnectionTree>): Promise<string[]> {
  const lines: string[] = [];
  const draw = async (nodes: Awaited<ReturnType<typeof tree.getChildren>>, indent: string) => {
    for (const node of nodes ?? []) {
      const item = tree.getTreeItem(node);
      const { id } = item.iconPath as { id: string };
      lines.push([`${indent}${id}`, item.label, item.description].filter(Boolean).join(" | "));
      await draw(await tree.getChildren(node), `${indent}  `);
    }
  };
  await draw(await tree.getChildren(), "");
  return lines;
}

function sourceWith(dependencies: () => Promise<readonly Dependency[]>) {
  const source = memorySource(received, { dependencies });
  return { ...source, can: { ...source.can, dependencies: true } };
}

describe("the connections view", () => {
  test("shows each connection with its state, kind and host, the active one marked", async () => {
    editor.user.set("connections", [
      { ...entry, kind: "zipkin" },
      {
        ...entry,
        kind: "zipkin",
        name: "$(gear) open",
        url: "https://b.example",
        allowUntrustedCertificate: true,
      },
    ]);
    const { connections } = connectionParts();
    connections.addBuiltIn(received, memorySource(received));
    const tree = new ConnectionTree(connections);
    const tops = async () => (await drawn(tree)).filter((line) => !line.startsWith(" "));
    assert.deepEqual(await tops(), [
      "circle-outline | team | active · Zipkin · jaeger.example",
      "circle-outline | $\u2060(gear) open | ⚠ certificate not checked · Zipkin · b.example",
      "inbox | Received traces | in this editor",
    ]);
    const refuse = () => Promise.reject(new UserError("It is down.", { action: "retry" }));
    await assert.rejects(connections.use(connections.named("team")!, refuse));
    await connections.use(connections.named("$(gear) open")!, async () => {});
    await connections.activate("Received traces");
    assert.deepEqual(await tops(), [
      "error | team | It is down. · Zipkin · jaeger.example",
      "pass | $\u2060(gear) open | ⚠ certificate not checked · Zipkin · b.example",
      "inbox | Received traces | active · in this editor",
    ]);
  });

  test("answers its rows at once while a connection is being checked, however long that takes", async () => {
    editor.user.set("connections", [
      { ...entry, kind: "zipkin" },
      { ...entry, kind: "zipkin", name: "other" },
    ]);
    const { connections } = connectionParts();
    const tree = new ConnectionTree(connections);
    const hanging = Promise.withResolvers<void>();
    let draws = 0;
    tree.onDidChangeTreeData(() => draws++);
    const checked = connections.use(connections.named("team")!, () => hanging.promise);
    const rows = tree.getChildren();
    assert.ok(Array.isArray(rows), "the rows are not awaited");
    const icons = () => rows.map((row) => (tree.getTreeItem(row).iconPath as { id: string }).id);
    assert.deepEqual(icons(), ["loading~spin", "circle-outline"]);
    assert.equal(tree.getTreeItem(rows[0]).accessibilityInformation?.label.includes("Checking"), true);
    assert.equal(draws, 1);
    hanging.resolve();
    await checked;
    assert.deepEqual(icons(), ["pass", "circle-outline"]);
  });

  test("a check that was given up leaves the connection as one that was not asked", async () => {
    editor.user.set("connections", [entry]);
    const { connections } = connectionParts();
    const team = connections.named("team")!;
    const { reason } = AbortSignal.abort();
    await assert.rejects(
      connections.use(team, () => Promise.reject(reason)),
      { name: "AbortError" },
    );
    assert.equal(connections.stateOf(team).state, "unknown");
  });

  test("does not repeat which backend failed, and where", async () => {
    editor.user.set("connections", [{ ...entry, kind: "tempo", url: "https://tempo.example" }]);
    const { connections } = connectionParts();
    const tree = new ConnectionTree(connections);
    const said = "Grafana Tempo at https://tempo.example refused the connection. Is it running?";
    await assert.rejects(
      connections.use(connections.named("team")!, () => Promise.reject(new UserError(said))),
    );
    const [row] = await drawn(tree);
    assert.equal(
      row,
      "error | team | active · refused the connection. Is it running? · Grafana Tempo · tempo.example",
    );
  });

  test("offers what can be done: a built-in source is neither edited nor removed", async () => {
    editor.user.set("connections", [entry]);
    const { connections } = connectionParts();
    connections.addBuiltIn(received, memorySource(received));
    const tree = new ConnectionTree(connections);
    const nodes = (await tree.getChildren()) ?? [];
    assert.deepEqual(
      nodes.map((node) => tree.getTreeItem(node).contextValue),
      ["connection:active:saved", "connection:other:builtIn"],
    );
  });

  test("shows which services call which, most calls first, asked once when looked at", async () => {
    const { connections } = connectionParts();
    let asked = 0;
    const calls = [
      { parent: "shop", child: "$(x) cart", calls: 3, errors: undefined },
      { parent: "shop", child: "pay", calls: 1200, errors: 1 },
    ];
    connections.addBuiltIn(
      received,
      sourceWith(async () => {
        asked++;
        return calls;
      }),
    );
    const tree = new ConnectionTree(connections);
    assert.deepEqual((await drawn(tree)).slice(1), [
      "  type-hierarchy-sub | Service calls",
      "    error | shop → pay | 1,200 calls · 1 error",
      "    arrow-right | shop → $\u2060(x) cart | 3 calls",
    ]);
    await drawn(tree);
    assert.equal(asked, 1);
    tree.refresh();
    await drawn(tree);
    assert.equal(asked, 2);
  });

  test("says why there are no calls", async () => {
    const { connections } = connectionParts();
    connections.addBuiltIn(
      received,
      sourceWith(async () => []),
    );
    assert.match((await drawn(new ConnectionTree(connections)))[2], /info \| No calls between services/);
  });

  test("says why the calls could not be had, and does not ask again by itself", async () => {
    const { connections } = connectionParts();
    let asked = 0;
    connections.addBuiltIn(
      received,
      sourceWith(() => Promise.reject(new UserError(`It is down (${++asked}).`))),
    );
    const tree = new ConnectionTree(connections);
    tree.onDidChangeTreeData(() => void drawn(tree));
    await drawn(tree);
    assert.equal((await drawn(tree))[2], "    info | It is down (1).");
    assert.equal(asked, 1);
  });

  test("shows 500 of very many calls, and says how many more there are", async () => {
    const { connections } = connectionParts();
    const calls = Array.from({ length: 2_000 }, (_, i) => ({
      parent: "a",
      child: `s${i}`,
      calls: i,
      errors: 0,
    }));
    connections.addBuiltIn(
      received,
      sourceWith(async () => calls),
    );
    const lines = await drawn(new ConnectionTree(connections));
    assert.equal(lines.length, 2 + 500 + 1);
    assert.match(lines.at(-1)!, /1,500 more are not shown/);
  });
});

describe("messages about secrets that are wanted", () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  const refuse = () =>
    Promise.reject(new UserError("Jaeger wants a token.", { action: "enterSecret", code: "unauthorized" }));

  function refused() {
    editor.user.set("connections", [{ ...entry, auth: "bearer" }]);
    const { connections, secrets, log } = connectionParts();
    const messages = new RefusalMessages(connections, secrets, log);
    const ask = () => connections.use(connections.named("team")!, refuse).catch((error: unknown) => error);
    return { connections, messages, secrets, ask };
  }

  test("what is asked in the background is told once, until it has been answered", async () => {
    const { connections, ask } = refused();
    for (let n = 0; n < 5; n++) {
      await ask();
      await settled();
    }
    assert.equal(editor.asked.length, 1);
    connections.retry(connections.named("team")!);
    await ask();
    assert.equal(editor.asked.length, 2);
  });

  test("what a person asked is told each time, but never twice at once", async () => {
    const { messages, ask } = refused();
    assert.equal(messages.tell(await ask()), true);
    assert.equal(editor.asked.length, 1);
    await settled();
    assert.equal(messages.tell(await ask()), true);
    assert.equal(editor.asked.length, 2);
    assert.equal(messages.tell(new UserError("Something else.")), false);
  });

  test("Enter Token keeps the secret, and what was refused is asked again", async () => {
    const { connections, secrets, ask } = refused();
    const retried: string[] = [];
    connections.onRetry(({ name }) => retried.push(name));
    editor.answer = ({ kind }) => (kind === "input" ? "token" : "Enter Token");
    await ask();
    await settled();
    assert.equal(await secrets.get("https://jaeger.example"), "token");
    assert.deepEqual(retried, ["team"]);
    assert.equal(await connections.use(connections.named("team")!, async () => 1), 1);
    assert.equal(signal.aborted, false);
  });
});
