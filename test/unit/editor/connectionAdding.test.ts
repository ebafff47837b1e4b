import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, test } from "node:test";
import { type Asked, editor } from "../../support/fakeVscode.ts";
import { connectionTo } from "../backends/fakes.ts";
import { connectionParts, guardedJaeger } from "./connectionParts.ts";

const { addConnection } = await import("../../../src/editor/addConnection.ts");
const { switchConnection } = await import("../../../src/editor/connectionPick.ts");
const { isCertificateError, repairConnection } = await import("../../../src/editor/connectionRepair.ts");
const { UserError } = await import("../../../src/base/userError.ts");

beforeEach(() => editor.reset());

/** Answers boxes and messages by the beginning of their titles, each once, in any order. */
function answers(...pairs: [title: string, answer: string][]): void {
  const left = [...pairs];
  editor.answer = (asked: Asked) => {
    const at = left.findIndex(([title]) => asked.text.startsWith(title));
    return at < 0 ? undefined : left.splice(at, 1)[0][1];
  };
}

/** A Zipkin that shows nobody without the token what it is. */
async function guardedZipkin(token: string) {
  const server = createServer(({ url = "", headers }, response) => {
    const isKnown = headers.authorization === `Bearer ${token}`;
    const found = { "/api/v2/services": ["shop"], "/info": { zipkin: { version: "3.6.1" } } }[url];
    response.writeHead(!isKnown ? 401 : found === undefined ? 404 : 200, {
      "content-type": "application/json",
    });
    response.end(JSON.stringify((isKnown && found) || {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

describe("Add Connection", () => {
  test("draws no links and no icons of what a stranger wrote", async () => {
    const { connections, secrets, log } = connectionParts();
    const hostile = "[Run](command:workbench.action.quit) $(gear)";
    const connection = { ...connectionTo("https://jaeger.example"), name: hostile };
    await repairConnection(new UserError(`refused (400): ${hostile}`), connection, secrets);
    assert.doesNotMatch(editor.asked[0].detail, /\]\(|\$\(/);
    const boxes = ["http://127.0.0.1:1/a](command:x)/"];
    editor.answer = () => boxes.shift();
    await addConnection(connections, secrets, log).catch(() => {});
    assert.equal(editor.progress.length > 0, true);
    for (const title of editor.progress) assert.doesNotMatch(title, /\]\(/);
  });

  test("repeats no password of a URL that it cannot use", async () => {
    const { connections, secrets, log } = connectionParts();
    answers(["Add Connection", "ftp://me:SECRET-MARKER@files.example/x?key=SECRET-MARKER"]);
    await assert.rejects(addConnection(connections, secrets, log), {
      message: '"ftp://files.example/x" is not the URL of a backend that Traceline knows.',
    });
  });

  test("finds out what a server is once it is let in", async (t) => {
    const zipkin = await guardedZipkin("SECRET-MARKER");
    t.after(() => zipkin.close());
    const { connections, secrets, log } = connectionParts();
    answers(
      ["Add Connection", zipkin.url],
      ["Add Connection:", "$(key) Enter Token or Password…"],
      ["Authenticate with", "Bearer token"],
      ["Token for", "SECRET-MARKER"],
    );
    await addConnection(connections, secrets, log);
    const name = `Zipkin (${new URL(zipkin.url).host})`;
    const kept = { name, kind: "zipkin", url: zipkin.url, auth: "bearer" };
    assert.deepEqual(editor.user.get("connections"), [kept]);
  });

  test("asks a server that wants a token for it, and keeps the connection once it answers", async (t) => {
    const jaeger = await guardedJaeger("SECRET-MARKER");
    t.after(() => jaeger.close());
    const { connections, secrets, log } = connectionParts();
    answers(
      ["Add Connection", `${jaeger.url}/search?service=shop`],
      ["Add Connection:", "$(key) Enter Token or Password…"],
      ["Authenticate with", "Bearer token"],
      ["Token for", "SECRET-MARKER"],
    );
    const added = await addConnection(connections, secrets, log);
    const { host } = new URL(jaeger.url);
    assert.deepEqual(editor.user.get("connections"), [
      { name: `Jaeger (${host})`, kind: "jaeger", url: jaeger.url, auth: "bearer" },
    ]);
    assert.equal(connections.active?.name, added?.name);
    const repair = editor.asked.find(({ text }) => text.startsWith("Add Connection:"))!;
    assert.match(repair.detail, /wants to know who asks \(401\)/);
    assert.ok(!repair.choices.some((choice) => choice.includes("without Checking")));
    // The address stands in the name.
    assert.match(
      editor.asked.at(-1)!.text,
      /^Added Jaeger \(127\.0\.0\.1:\d+\)\. Jaeger, (?!.*http).*1 service/,
    );
    assert.ok(!JSON.stringify([editor.asked, log.lines]).includes("SECRET-MARKER"));
    connections.dispose();
  });

  test("where a folder is open asks whether the connection is for it, and gives a tenant on the way", async (t) => {
    const jaeger = await guardedJaeger("x");
    t.after(() => jaeger.close());
    editor.folder = "/code/shop";
    const { connections, secrets, log } = connectionParts();
    answers(
      ["Add Connection", jaeger.url],
      ["Add Connection:", "$(organization) Set Tenant…"],
      ["Tenant at", "acme"],
      ["Add Connection:", "$(add) Add Anyway"],
      ["Where to keep", "Workspace settings"],
    );
    await addConnection(connections, secrets, log);
    assert.equal(editor.user.get("connections"), undefined);
    const [entry] = editor.workspaceSettings.get("connections") as { tenant: string }[];
    assert.equal(entry.tenant, "acme");
    connections.dispose();
  });

  test("changes nothing when the person gives up", async (t) => {
    const jaeger = await guardedJaeger("x");
    t.after(() => jaeger.close());
    const { connections, secrets, log } = connectionParts();
    answers(["Add Connection", jaeger.url]);
    assert.equal(await addConnection(connections, secrets, log), undefined);
    assert.equal(editor.user.get("connections"), undefined);
  });

  test("makes a connection of that address the active one", async () => {
    const entry = { kind: "jaeger", url: "https://jaeger.example" };
    editor.user.set("connections", [
      { ...entry, name: "first", url: "https://first.example" },
      { ...entry, name: "known" },
    ]);
    const { connections, secrets, log } = connectionParts();
    answers(["Add Connection", "https://jaeger.example/search"]);
    const same = await addConnection(connections, secrets, log);
    assert.equal(same?.name, "known");
    assert.equal(connections.active?.name, "known");
  });

  const tls: [string, boolean][] = [
    ["has an expired certificate, which the server has to renew.", true],
    ["has a certificate for another host name.", true],
    ['asks for a client certificate. Set "tls.certFile"', false],
    ["does not speak TLS. Is it http:// rather than https://?", false],
  ];
  for (const [says, offered] of tls) {
    test(`to go without a check is ${offered ? "" : "not "}offered when the server ${says}`, () => {
      assert.equal(isCertificateError(new UserError(`Jaeger ${says}`, { code: "tls" })), offered);
    });
  }
});

describe("What is offered after a test that failed", () => {
  const connection = { name: "a", kind: "jaeger", url: "https://a.example", headers: {}, tenant: "" };
  const closed = "Jaeger at https://a.example closed the connection.";
  const client = "$(file) Use Client Certificate…";
  const cases: [code: string, message: string, first: string[]][] = [
    ["tls", "asks for a client certificate.", [client, "$(refresh) Retry"]],
    ["reset", `${closed} If it asks for a client certificate, set it.`, ["$(refresh) Retry", client]],
    ["reset", `${closed} It may not accept the client certificate.`, ["$(refresh) Retry", client]],
    ["reset", closed, ["$(refresh) Retry", "$(add) Add Anyway"]],
  ];
  for (const [code, message, first] of cases) {
    test(`begins with ${first.join(", ")} when ${message}`, async () => {
      const { secrets } = connectionParts();
      const error = new UserError(message, { code });
      await repairConnection(error, { ...connection, auth: "none", user: "" }, secrets);
      assert.deepEqual(editor.asked.at(-1)?.choices.slice(0, 2), first);
    });
  }
});

describe("Switch Connection", () => {
  const entry = { kind: "jaeger", url: "https://jaeger.example" };

  test("makes the picked one active, and offers what else can be done", async () => {
    editor.user.set("connections", [
      { ...entry, name: "a" },
      { ...entry, name: "b" },
    ]);
    const { connections } = connectionParts();
    answers(["Switch Connection", "b"]);
    await switchConnection(connections);
    assert.equal(connections.active?.name, "b");
    assert.deepEqual(editor.asked[0].choices.slice(0, 3), ["a", "b", "$(add) Add Connection…"]);
  });

  test("without any goes to Add Connection", async () => {
    const { connections } = connectionParts();
    await switchConnection(connections);
    assert.deepEqual(editor.commands.at(-1), ["traceline.addConnection"]);
  });
});

describe("a Grafana in Add Connection", () => {
  const sources = [
    { name: "Traces", type: "tempo", uid: "t1" },
    { name: "Old traces", type: "jaeger", uid: "j1" },
    { name: "Metrics", type: "prometheus", uid: "p1" },
  ];

  async function grafana(token: string) {
    const server = createServer((request, response) => {
      const isKnown = request.headers.authorization === `Bearer ${token}`;
      response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
      const path = request.url ?? "";
      response.end(
        JSON.stringify(!isKnown ? {} : path === "/api/datasources" ? sources : { services: ["a"] }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      url,
      host: new URL(url).host,
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  test("asks for a token, offers its data sources of traces, and connects through its proxy", async (t) => {
    const { url, host, close } = await grafana("SECRET-MARKER");
    t.after(close);
    const { connections, secrets, log } = connectionParts();
    answers(
      ["Add Connection", `${url}/explore?orgId=3`],
      ["Add Connection:", "$(key) Enter Token or Password…"],
      ["Authenticate with", "Bearer token"],
      ["Token for", "SECRET-MARKER"],
      ["Data sources of", "Old traces"],
    );
    await addConnection(connections, secrets, log);
    const choices = editor.asked.find(({ text }) => text.startsWith("Data sources of"))?.choices;
    assert.deepEqual(choices, ["Old traces", "Traces"]);
    const refused = editor.asked.find(({ text }) => text.startsWith("Add Connection:"));
    assert.ok(!refused?.choices.includes("$(add) Add Anyway"));
    assert.deepEqual(editor.user.get("connections"), [
      {
        name: `Jaeger Old traces (${host})`,
        kind: "jaeger",
        url: `${url}/api/datasources/proxy/uid/j1`,
        headers: { "X-Grafana-Org-Id": "3" },
        auth: "bearer",
      },
    ]);
    connections.dispose();
  });
});
