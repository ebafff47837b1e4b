import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts } from "./connectionParts.ts";

const { enterSecret } = await import("../../../src/editor/refusalMessages.ts");
const { connectionNotices } = await import("../../../src/editor/connectionNotices.ts");
const { connectionActions } = await import("../../../src/editor/connectionActions.ts");

const origin = "https://jaeger.example";
const entry = { name: "team", kind: "jaeger", url: `${origin}/base` };

beforeEach(() => editor.reset());

/** Lets what was begun and is not awaited come to its end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("secrets", () => {
  test("are bound to scheme, host and port, and each header has its own", async () => {
    const { secrets } = connectionParts();
    await secrets.set(origin, "token");
    await secrets.set(origin, "key", "X-Api-Key");
    assert.equal(await secrets.get(origin), "token");
    assert.equal(await secrets.get(origin, "x-api-key"), "key");
    assert.equal(await secrets.get(origin, "cookie"), undefined);
    for (const other of ["http://jaeger.example", `${origin}:8443`, "https://example"])
      assert.equal(await secrets.get(other), undefined);
  });

  test("of one origin are forgotten without those of others", async () => {
    const { secrets } = connectionParts();
    for (const place of [origin, `${origin}:1`]) await secrets.set(place, "token");
    await secrets.set(origin, "key", "x-api-key");
    assert.equal(await secrets.count(origin), 2);
    assert.equal(await secrets.forget(origin), 2);
    assert.equal(await secrets.get(origin), undefined);
    assert.equal(await secrets.get(`${origin}:1`), "token");
  });

  test("all are forgotten: no key is left in the storage", async () => {
    const { secrets, storage } = connectionParts();
    await secrets.set(origin, "token");
    await secrets.set(origin, "key", "x-api-key");
    assert.equal(await secrets.forgetAll(), 2);
    assert.deepEqual([...storage.values.keys()], []);
  });

  test("live in memory where there is no secret storage, and the person is told", async () => {
    editor.user.set("connections", [{ ...entry, auth: "bearer" }]);
    const { connections, secrets } = connectionParts(true);
    editor.answer = ({ kind }) => (kind === "input" ? "token" : undefined);
    assert.equal(await enterSecret(connections.list[0], connections, secrets), true);
    assert.equal(await secrets.get(origin), "token");
    assert.match(editor.asked.at(-1)!.text, /no secret storage/);
    assert.equal(await secrets.forgetAll(), 1);
  });
});

describe("entering a secret", () => {
  test("a connection with one way is asked for that secret alone", async () => {
    editor.user.set("connections", [{ ...entry, auth: "bearer" }]);
    const { connections, secrets } = connectionParts();
    editor.answer = () => " token ";
    await enterSecret(connections.list[0], connections, secrets);
    assert.deepEqual(
      editor.asked.map(({ kind, text }) => [kind, text]),
      [["input", `Token for ${origin}`]],
    );
    assert.equal(await secrets.get(origin), "token");
  });

  test("a connection without authentication gets it where it stands, before the secret is kept", async () => {
    editor.workspaceSettings.set("connections", [entry]);
    const { connections, secrets } = connectionParts();
    let authWhenKept = "";
    secrets.onChange(() => {
      authWhenKept = connections.list[0].auth;
    });
    editor.answer = ({ kind, text }) => {
      if (kind === "pick") return "User name and password";
      return text.startsWith("User name") ? "me" : "password";
    };
    await enterSecret(connections.list[0], connections, secrets);
    assert.deepEqual(editor.workspaceSettings.get("connections"), [{ ...entry, auth: "basic", user: "me" }]);
    assert.equal(authWhenKept, "basic");
  });

  test("a connection with secret headers is asked which", async () => {
    editor.user.set("connections", [{ ...entry, auth: "bearer", secretHeaders: ["DD-API-KEY"] }]);
    const { connections, secrets } = connectionParts();
    editor.answer = ({ kind }) => (kind === "pick" ? "Header DD-API-KEY" : "key");
    await enterSecret(connections.list[0], connections, secrets);
    assert.deepEqual(editor.asked[0].choices, ["Bearer token", "Header DD-API-KEY"]);
    assert.equal(await secrets.get(origin, "dd-api-key"), "key");
    assert.equal(await secrets.get(origin), undefined);
  });

  test("another header is added to the connection", async () => {
    editor.user.set("connections", [entry]);
    const { connections, secrets } = connectionParts();
    editor.answer = ({ kind, text }) => {
      if (kind === "pick") return "Another secret header…";
      return text.startsWith("Name of the header") ? "X-Api-Key" : "key";
    };
    await enterSecret(connections.list[0], connections, secrets);
    assert.deepEqual(editor.user.get("connections"), [{ ...entry, secretHeaders: ["X-Api-Key"] }]);
    assert.equal(await secrets.get(origin, "x-api-key"), "key");
  });

  test("nothing is changed when the box is closed", async () => {
    editor.user.set("connections", [entry]);
    const { connections, secrets } = connectionParts();
    editor.answer = ({ kind }) => (kind === "pick" ? "Bearer token" : undefined);
    assert.equal(await enterSecret(connections.list[0], connections, secrets), false);
    assert.deepEqual(editor.user.get("connections"), [entry]);
  });
});

describe("a secret in settings", () => {
  const exposed = {
    ...entry,
    url: "https://me:PASSWORD@jaeger.example/base",
    headers: { "X-Api-Key": "KEY", "x-team": "a" },
  };

  test("is told without its value, and moved to secret storage when the person says so", async () => {
    editor.user.set("connections", [exposed]);
    const { connections, secrets, log } = connectionParts();
    editor.answer = ({ choices }) => choices[0];
    connectionNotices(connections, secrets, log);
    await settled();
    assert.match(
      editor.asked[0].text,
      /holds a secret in your settings \(the header X-Api-Key, the password/,
    );
    assert.ok(!/KEY\b|PASSWORD/.test(JSON.stringify([editor.asked, log.lines]).replaceAll("X-Api-Key", "")));
    assert.deepEqual(editor.user.get("connections"), [
      {
        ...entry,
        headers: { "x-team": "a" },
        auth: "basic",
        user: "me",
        secretHeaders: ["X-Api-Key"],
      },
    ]);
    assert.equal(await secrets.get(origin), "PASSWORD");
    assert.equal(await secrets.get(origin, "x-api-key"), "KEY");
  });

  test("stays where it is when it could be kept in memory only", async () => {
    editor.user.set("connections", [exposed]);
    const { connections, secrets, log } = connectionParts(true);
    editor.answer = ({ choices }) => choices[0];
    connectionNotices(connections, secrets, log);
    await settled();
    assert.deepEqual(editor.user.get("connections"), [exposed]);
  });
});

test("many problems of the setting are one message, and a state that changes does not repeat it", async () => {
  editor.user.set("connections", [null, 7, { name: "x" }, entry]);
  const { connections, secrets, log } = connectionParts();
  connectionNotices(connections, secrets, log);
  await connections.activate("team");
  await settled();
  assert.deepEqual(
    editor.asked.map(({ text }) => text),
    ["traceline.connections[0]: not an object. (and 2 more: see the log)"],
  );
});

describe("removing a connection", () => {
  test("is asked first, and takes its secret along when the person says so", async () => {
    editor.user.set("connections", [entry]);
    const { connections, secrets } = connectionParts();
    await secrets.set(origin, "token");
    const actions = connectionActions(connections, secrets);
    const node = { kind: "connection", connection: "team" };
    await actions.remove(node);
    assert.equal(connections.list.length, 1);
    editor.answer = ({ kind, choices }) => (kind === "modal" ? choices[0] : undefined);
    await actions.remove(node);
    assert.equal(connections.list.length, 0);
    assert.equal(await secrets.get(origin), undefined);
  });

  test("leaves a secret that another connection uses", async () => {
    editor.user.set("connections", [entry, { ...entry, name: "other tenant", tenant: "b" }]);
    const { connections, secrets } = connectionParts();
    await secrets.set(origin, "token");
    editor.answer = ({ choices }) => choices[0];
    await connectionActions(connections, secrets).remove({ connection: "team" });
    assert.deepEqual(editor.asked[0].choices, ["Remove"]);
    assert.equal(await secrets.get(origin), "token");
  });

  for (const node of [undefined, null, 7, "team", {}, { connection: 7 }, { connection: "nobody" }]) {
    test(`${JSON.stringify(node)} removes nothing`, async () => {
      editor.user.set("connections", [entry]);
      const { connections, secrets } = connectionParts();
      editor.answer = ({ choices }) => choices[0];
      await connectionActions(connections, secrets).remove(node);
      assert.equal(connections.list.length, 1);
    });
  }

  test("by key, the node selected in the view is meant", async () => {
    editor.user.set("connections", [entry]);
    const { connections, secrets } = connectionParts();
    editor.answer = ({ choices }) => choices[0];
    await connectionActions(connections, secrets, () => ({ connection: "team" })).remove("selected");
    assert.equal(connections.list.length, 0);
  });
});

test("a page on this machine is opened at the address by which the person reaches it", async () => {
  editor.user.set("connections", [
    { ...entry, url: "http://localhost:16686" },
    { ...entry, name: "far" },
    { ...entry, name: "datadog", kind: "datadog", url: "https://api.us5.datadoghq.com" },
  ]);
  const { connections, secrets } = connectionParts();
  const actions = connectionActions(connections, secrets);
  assert.equal(await actions.openInBrowser({ connection: "team" }), true);
  assert.equal(await actions.openInBrowser({ connection: "far" }), true);
  assert.equal(await actions.openInBrowser({ connection: "datadog" }), true);
  assert.equal(await actions.openInBrowser({ trace: {} }), false);
  const pages = [`${origin}/base`, "https://us5.datadoghq.com"];
  assert.deepEqual(editor.opened, ["external of http://localhost:16686", ...pages]);
});
