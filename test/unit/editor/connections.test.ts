import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, test } from "node:test";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts, guardedJaeger, memorySource, received } from "./connectionParts.ts";

const signal = new AbortController().signal;
const mine = { name: "mine", kind: "jaeger", url: "http://mine.example" };
const ours = { name: "ours", kind: "zipkin", url: "http://ours.example" };
const plain = { headers: {}, tenant: "", auth: "none", user: "" } as const;

beforeEach(() => editor.reset());

describe("connections of two settings", () => {
  test("are listed together, and in a workspace that is not trusted the user's alone, until it is", () => {
    editor.user.set("connections", [mine]);
    editor.workspaceSettings.set("connections", [ours]);
    editor.trusted = false;
    const { connections } = connectionParts();
    const names = () => connections.list.map(({ name }) => name);
    assert.deepEqual(names(), ["mine"]);
    editor.grantTrust();
    assert.deepEqual(names(), ["ours", "mine"]);
  });

  test("are changed and removed where they stand, and what else their entry holds stays", async () => {
    editor.user.set("connections", [{ ...mine, "my note": 1 }]);
    editor.workspaceSettings.set("connections", [ours]);
    const { connections } = connectionParts();
    await connections.change(connections.named("mine")!, { auth: "bearer" });
    assert.deepEqual(editor.user.get("connections"), [{ ...mine, "my note": 1, auth: "bearer" }]);
    await connections.remove(connections.named("ours")!);
    assert.equal(editor.workspaceSettings.get("connections"), undefined);
    assert.deepEqual(
      connections.list.map(({ name }) => name),
      ["mine"],
    );
  });

  test("are added to the place that was chosen, under a free name, without what is the default", async () => {
    editor.user.set("connections", [mine]);
    const { connections } = connectionParts();
    const added = await connections.add({ ...mine, ...plain, tenant: "acme" }, "workspace");
    assert.equal(added.name, "mine 2");
    assert.deepEqual(editor.workspaceSettings.get("connections"), [
      { ...mine, name: "mine 2", tenant: "acme" },
    ]);
    assert.equal(connections.active?.name, "mine 2");
  });

  test("an entry that has moved in the list since is still the one that is changed", async () => {
    editor.user.set("connections", [ours, mine]);
    const { connections } = connectionParts();
    const connection = connections.named("mine")!;
    editor.user.set("connections", [mine]);
    await connections.change(connection, { tenant: "acme" });
    assert.deepEqual(editor.user.get("connections"), [{ ...mine, tenant: "acme" }]);
  });

  test("one that was removed has no source, so that its name can be another's", () => {
    editor.user.set("connections", [mine]);
    const { connections } = connectionParts();
    const connection = connections.named("mine")!;
    editor.set("connections", []);
    assert.throws(() => connections.source(connection), {
      code: "closed",
      message: /"mine" has been removed/,
    });
    editor.set("connections", [{ ...mine, url: "http://new.example" }]);
    assert.equal(connections.source(connection).connection.url, "http://new.example");
  });

  test("the source of a connection that was not edited is kept when another is", () => {
    editor.user.set("connections", [mine, ours]);
    const { connections } = connectionParts();
    const [first, second] = connections.list.map((connection) => connections.source(connection));
    editor.set("connections", [mine, { ...ours, tenant: "acme" }]);
    assert.equal(connections.source(connections.named("mine")!), first);
    assert.notEqual(connections.source(connections.named("ours")!), second);
  });
});

describe("built-in sources", () => {
  test("are last in the list, and active when there is no other, until they are disposed", () => {
    const { connections } = connectionParts();
    const source = memorySource(received);
    const added = connections.addBuiltIn(received, source);
    assert.equal(connections.active, received);
    assert.equal(connections.source(received), source);
    editor.set("connections", [mine]);
    assert.deepEqual(
      connections.list.map(({ name }) => name),
      ["mine", "Received traces"],
    );
    assert.equal(connections.active?.name, "mine");
    added.dispose();
    assert.deepEqual(
      connections.list.map(({ name }) => name),
      ["mine"],
    );
  });

  test("a connection of the settings with that name is listed under another", async () => {
    editor.user.set("connections", [{ ...mine, name: "Received traces" }]);
    const { connections } = connectionParts();
    connections.addBuiltIn(received, memorySource(received));
    assert.deepEqual(
      connections.list.map(({ name, url }) => [name, url]),
      [
        ["Received traces 2", "http://mine.example"],
        ["Received traces", received.url],
      ],
    );
    await connections.remove(connections.named("Received traces 2")!);
    assert.equal(editor.user.get("connections"), undefined);
  });

  test("are tested without being ended, and are neither changed nor removed", async () => {
    let disposed = false;
    const { connections } = connectionParts();
    connections.addBuiltIn(received, memorySource(received, { dispose: () => (disposed = true) }));
    assert.equal(await connections.test(received, signal), "It is here.");
    assert.equal(connections.stateOf(received).state, "ok");
    await connections.change(received, { tenant: "x" });
    await connections.remove(received);
    assert.equal(connections.list.length, 1);
    connections.dispose();
    assert.equal(disposed, false);
  });
});

test("what was asked of a connection before it was edited says nothing of it as it is now", async (t) => {
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const server = createServer(() => isAsked());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const entry = { ...mine, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  editor.user.set("connections", [entry]);
  const { connections } = connectionParts();
  const asking = connections.use(connections.named("mine")!, (source) => source.services(signal));
  await asked;
  editor.set("connections", [{ ...entry, tenant: "acme" }]);
  await assert.rejects(asking, /has been closed/);
  assert.equal(connections.stateOf(connections.named("mine")!).state, "unknown");
  connections.dispose();
});

describe("a backend that wants a secret", () => {
  test("is refused until one is given for its origin, and then asked again with it", async (t) => {
    const jaeger = await guardedJaeger("SECRET-MARKER");
    t.after(() => jaeger.close());
    editor.user.set("connections", [{ name: "team", kind: "jaeger", url: jaeger.url, auth: "bearer" }]);
    const { connections, secrets, log } = connectionParts();
    const connection = connections.named("team")!;
    const refusals: string[] = [];
    const retries: string[] = [];
    connections.onRefused(({ error }) => refusals.push(error.message));
    connections.onRetry(({ name }) => retries.push(name));
    const services = () => connections.use(connection, (source) => source.services(signal));

    await assert.rejects(services(), /needs a token/);
    assert.deepEqual(jaeger.asked, []);
    await secrets.set(jaeger.url, "OLD-MARKER");
    await assert.rejects(services(), /\(401\)/);
    assert.equal(connections.isRefused(connection), true);
    assert.equal(refusals.length, 2);
    await secrets.set("https://elsewhere.example", "SECRET-MARKER");
    assert.equal(connections.isRefused(connection), true);

    await secrets.set(jaeger.url, "SECRET-MARKER");
    assert.deepEqual(retries, ["team", "team"]);
    assert.equal(connections.stateOf(connection).state, "unknown");
    assert.deepEqual(await services(), ["shop"]);
    assert.equal(connections.stateOf(connection).state, "ok");
    const said = [...log.lines, ...refusals].join("\n");
    assert.ok(!/MARKER/.test(said), said);
    connections.dispose();
  });

  test("one that is edited is asked anew", async (t) => {
    const jaeger = await guardedJaeger("x");
    t.after(() => jaeger.close());
    editor.user.set("connections", [{ name: "team", kind: "jaeger", url: jaeger.url }]);
    const { connections } = connectionParts();
    const team = () => connections.named("team")!;
    await assert.rejects(connections.test(team(), signal), /\(401\)/);
    assert.equal(connections.isRefused(team()), true);
    editor.set("connections", [{ name: "team", kind: "jaeger", url: jaeger.url, auth: "bearer" }]);
    assert.equal(connections.isRefused(team()), false);
    connections.dispose();
  });
});
