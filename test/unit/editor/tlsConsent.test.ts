import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, beforeEach, describe, test } from "node:test";
import type { BackendIo } from "../../../src/backends/backend.ts";
import { makeCertificates } from "../../support/certificates.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionTo, fakeIo, never } from "../backends/fakes.ts";
import { connectionParts } from "./connectionParts.ts";

const { RefusalMessages } = await import("../../../src/editor/refusalMessages.ts");
const { guardedIo, TlsConsents, weakTlsOf } = await import("../../../src/editor/tlsConsent.ts");

const made = await makeCertificates();
const skip = made === undefined ? "needs openssl" : false;
after(() => made?.[Symbol.asyncDispose]());

const allow = "Allow for This Workspace";
const decline = "Don't Connect";
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => editor.reset());

/** A Jaeger behind TLS that wants the person's token, and a connection to it in the settings of that place. */
async function shop(t: { after(end: () => void): void }, place: "user" | "workspace", kept = true) {
  const sent: (string | undefined)[] = [];
  const server = createServer({ key: made!.server.key, cert: made!.server.cert }, (request, response) => {
    sent.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"services":["shop"]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entry = { name: "team", kind: "jaeger", url, auth: "bearer" };
  const trusting = { ...entry, tls: { caFile: made!.authority.certFile } };
  editor.set("connections", [trusting], place);
  const parts = connectionParts();
  const { connections, secrets, log } = parts;
  const messages = new RefusalMessages(connections, secrets, log);
  if (kept) await secrets.set(url, "TOKEN");
  t.after(() => {
    messages.dispose();
    connections.dispose();
    server.close();
    server.closeAllConnections();
  });
  const team = () => connections.named("team")!;
  const ask = () =>
    connections.use(team(), (source) => source.services(never)).catch((error: Error) => error.message);
  return { ...parts, url, entry, trusting, sent, team, ask };
}

describe("a workspace that weakens TLS for an origin whose token the person gave", { skip }, () => {
  test("gets nothing sent before they agree, and what was held back is asked again then", async (t) => {
    const { connections, url, sent, team, ask } = await shop(t, "workspace");
    const retried: string[] = [];
    connections.onRetry(({ name }) => retried.push(name));
    const answer = Promise.withResolvers<string>();
    editor.answer = () => answer.promise;
    assert.equal(
      await ask(),
      `Your token or password for ${url} is not sent: the connection "team" of this workspace trusts the authorities in ${made!.authority.certFile}.`,
    );
    assert.deepEqual(editor.asked[0].choices, [allow, decline]);
    assert.equal(connections.isRefused(team()), true);
    await ask();
    assert.equal(editor.asked.length, 1);
    assert.deepEqual(sent, []);
    answer.resolve(allow);
    await settled();
    assert.deepEqual(retried, ["team"]);
    assert.deepEqual(await ask(), ["shop"]);
    assert.deepEqual(sent, ["Bearer TOKEN"]);
    assert.equal(editor.asked.length, 1);
  });

  test("is not asked for again in the background once they have said no", async (t) => {
    const { connections, sent, team, ask } = await shop(t, "workspace");
    editor.answer = () => decline;
    await ask();
    await settled();
    connections.retry(team());
    await ask();
    await settled();
    assert.equal(editor.asked.length, 1);
    assert.deepEqual(sent, []);
  });

  test("is asked for again when it weakens more", async (t) => {
    const { trusting, team, ask } = await shop(t, "workspace");
    editor.answer = () => allow;
    await ask();
    await settled();
    assert.deepEqual(await ask(), ["shop"]);
    editor.set("connections", [{ ...trusting, allowUntrustedCertificate: true }], "workspace");
    assert.equal(team().allowUntrustedCertificate, true);
    assert.match(String(await ask()), /accepts any certificate, trusts the authorities in/);
    assert.equal(editor.asked.length, 2);
  });

  test("is not asked for where no token is kept, where it weakens nothing, and where the person does", async (t) => {
    const { ask } = await shop(t, "workspace", false);
    assert.match(String(await ask()), /needs a token, and none is kept/);
    const plain = await shop(t, "workspace");
    editor.set("connections", [plain.entry], "workspace");
    assert.match(String(await plain.ask()), /authority this machine does not know/);
    editor.reset();
    const own = await shop(t, "user");
    assert.deepEqual(await own.ask(), ["shop"]);
    assert.deepEqual(editor.asked, []);
  });

  test("is not asked for when they have just added that connection themselves", async (t) => {
    const { connections, trusting, sent } = await shop(t, "user");
    const plain = { headers: {}, tenant: "", user: "", auth: "bearer" as const };
    const added = await connections.add({ ...trusting, ...plain }, "workspace");
    const services = connections.use(connections.named(added.name)!, (source) => source.services(never));
    assert.deepEqual(await services, ["shop"]);
    assert.deepEqual(sent, ["Bearer TOKEN"]);
  });

  test("a connection that moves from the person's settings to the workspace's is asked for", async (t) => {
    const { trusting, ask } = await shop(t, "user");
    assert.deepEqual(await ask(), ["shop"]);
    editor.set("connections", [trusting], "workspace");
    assert.match(String(await ask()), /is not sent/);
  });
});

describe("what weakens TLS", () => {
  const caFile = "/certs/ca.pem";
  const cases = [
    [{}, undefined],
    [{ tls: { certFile: "/me.pem", keyFile: "/me.key", serverName: "jaeger.example" } }, undefined],
    [{ allowUntrustedCertificate: true }, ["accepts any certificate"]],
    [{ tls: { caFile } }, [`trusts the authorities in ${caFile}`]],
    [{ tls: { serverName: "evil.example" } }, ["accepts the certificate of evil.example"]],
  ] as const;
  for (const [more, ways] of cases)
    test(`${JSON.stringify(more)}: ${ways?.join() ?? "nothing"}`, () =>
      assert.deepEqual(weakTlsOf(connectionTo("https://jaeger.example", more))?.ways, ways));

  const guarded = (url: string, io: Partial<BackendIo>) => {
    const connection = connectionTo(url, { tls: { caFile } });
    const consents = new TlsConsents(editor.memento() as never);
    return guardedIo({ ...fakeIo("TOKEN"), ...io }, connection, weakTlsOf(connection), consents);
  };

  test("holds back a program that prints a token before it is run", async () => {
    let runs = 0;
    const io = guarded("https://jaeger.example", { token: async () => String(++runs) });
    await assert.rejects(io.token!("https://jaeger.example", false, never), /is not sent/);
    assert.equal(runs, 0);
  });

  test("is nothing without TLS", async () => {
    const io = guarded("http://jaeger.example", {});
    assert.equal(await io.secret("http://jaeger.example"), "TOKEN");
  });

  for (const [proxy, isSent] of [
    ["https://me:SECRET@proxy.example", false],
    ["http://me:SECRET@proxy.example", true],
    ["https://proxy.example", true],
    [undefined, true],
  ] as const)
    test(`${isSent ? "gives" : "holds back"} the proxy ${proxy}`, async () => {
      const io = guarded("http://jaeger.example", { proxy: async () => proxy });
      if (isSent) assert.equal(await io.proxy!("http://jaeger.example"), proxy);
      else await assert.rejects(io.proxy!("http://jaeger.example"), /password for the proxy is not sent/);
    });
});
