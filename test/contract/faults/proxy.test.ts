import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { backends } from "../../../src/backends/index.ts";
import { makeCertificates } from "../../support/certificates.ts";
import { silence } from "../../support/faultyServer.ts";
import { type ForwardProxy, forwardProxy } from "../../support/forwardProxy.ts";
import { freePort } from "../../support/freePort.ts";
import { never, refusal } from "../../unit/backends/fakes.ts";
import { healthy, ids } from "./healthy.ts";
import { calls, query, scene } from "./scene.ts";

const made = await makeCertificates();
const skip = made === undefined ? "openssl is not installed" : false;
const certificates = made!;
// One for all: each is a process.
const open = await forwardProxy();
const locked = await forwardProxy({ user: "me", password: "SECRET-MARKER @:/5" });
after(async () => {
  for (const one of [open, locked, made]) await one?.[Symbol.asyncDispose]();
});

/** No name of this machine, so that the proxy is asked, which takes every name for this machine. */
function named(url: string): string {
  return url.replace("127.0.0.1", "jaeger.example");
}

function secure(): { cert: string; key: string } {
  return { cert: certificates.server.cert, key: certificates.server.key };
}

function through(proxy: ForwardProxy | string) {
  const url = typeof proxy === "string" ? proxy : proxy.url;
  return { io: { proxy: async () => url }, url: named };
}

for (const { kind, label } of backends.filter(({ kind }) => healthy.has(kind))) {
  suite(`${label} through a proxy`, { concurrency: 4 }, () => {
    test("http: is passed on, without a tunnel", async (context) => {
      const one = await scene(context, kind, through(open));
      for (const [, ask] of calls) await ask(one.source, never);
      const target = named(one.server.url);
      const own = open.passed.filter((passed) => passed.target.startsWith(target));
      assert.ok(own.length > 0);
      assert.ok(own.every(({ method }) => method === "GET"));
    });

    test("https: goes through a tunnel, in which the connection's own TLS holds", {
      skip,
    }, async (context) => {
      const { certFile, keyFile } = certificates.client;
      const connection = { tls: { caFile: certificates.authority.certFile, certFile, keyFile } };
      const tls = { ...secure(), requestCert: true, ca: certificates.authority.cert };
      const one = await scene(context, kind, { ...through(open), connection, tls });
      for (const [, ask] of calls) await ask(one.source, never);
      const target = named(one.server.url).replace("https://", "");
      const own = open.passed.filter((passed) => passed.target === target);
      assert.ok(own.length > 0 && own.every(({ method }) => method === "CONNECT"));
    });

    test("a certificate that is not trusted is not trusted behind a proxy either", {
      skip,
    }, async (context) => {
      const one = await scene(context, kind, { ...through(open), tls: secure() });
      assert.match(
        (await refusal(one.source.trace(ids[0], never))).message,
        /an authority this machine does not know/,
      );
    });

    test("user name and password are given to the proxy, and told to nobody else", {
      skip,
    }, async (context) => {
      const expected = `Basic ${Buffer.from("me:SECRET-MARKER @:/5").toString("base64")}`;
      const plain = await scene(context, kind, through(locked));
      const connection = { tls: { caFile: certificates.authority.certFile } };
      const inTunnel = await scene(context, kind, { ...through(locked), tls: secure(), connection });
      for (const one of [plain, inTunnel]) {
        assert.deepEqual(await one.source.services(never), ["shop"]);
        for (const { headers } of one.server.asked) assert.equal(headers["proxy-authorization"], undefined);
        assert.doesNotMatch(one.io.lines.join(), /SECRET-MARKER/);
      }
      assert.ok(locked.passed.filter(({ authorization }) => authorization === expected).length >= 2);
    });

    test("a proxy that wants a password gets the person asked for the setting", { skip }, async (context) => {
      for (const tls of [undefined, secure()]) {
        const one = await scene(context, kind, { ...through(locked.origin), tls });
        const error = await refusal(one.source.services(never));
        assert.match(error.message, /^The proxy before .* wants a user name and password \(407\)/);
        assert.equal(error.action, "openSettings");
      }
    });

    test("the times of a connection hold behind a proxy", async (context) => {
      const one = await scene(context, kind, through(open));
      one.script = silence;
      assert.match((await refusal(one.source.services(never))).message, /did not answer within 1 s/);
      await one.server.whenAborted(1);
    });

    test("aborting reaches the server behind the proxy", async (context) => {
      const one = await scene(context, kind, through(open));
      one.script = silence;
      const controller = new AbortController();
      const answer = one.source.search(query, controller.signal);
      await one.server.whenAsked(1);
      controller.abort(new Error("no longer wanted"));
      await assert.rejects(answer, /no longer wanted/);
      await one.server.whenAborted(1);
    });

    test("a proxy that is down is told apart from the server", { skip }, async (context) => {
      // Nobody listens there, whereas a port that was free a moment ago may be another test's by now.
      const nobody = "http://127.0.0.1:1";
      for (const tls of [undefined, secure()]) {
        const one = await scene(context, kind, { ...through(nobody), tls });
        const error = await refusal(one.source.services(never));
        assert.ok(error.message.startsWith(`The proxy ${nobody} before ${label} at `), error.message);
        assert.equal(error.action, "openSettings");
      }
    });

    test("this machine's own ports are asked directly", async (context) => {
      const io = { proxy: async () => "http://127.0.0.1:9" };
      const one = await scene(context, kind, { io });
      assert.deepEqual(await one.source.services(never), ["shop"]);
    });
  });
}

const { kind } = backends[0];

suite("A proxy", () => {
  test("may be spoken to by TLS, where tls.caFile knows its certificate", { skip }, async (context) => {
    const proxy = await forwardProxy({ tls: certificates.server });
    context.after(() => proxy[Symbol.asyncDispose]());
    const connection = { tls: { caFile: certificates.authority.certFile } };
    for (const tls of [undefined, secure()]) {
      const one = await scene(context, kind, { ...through(proxy), tls, connection });
      assert.deepEqual(await one.source.services(never), ["shop"]);
    }
  });

  for (const status of [403, 502, 503]) {
    test(`that answers a tunnel with ${status} is told apart from the server`, { skip }, async (context) => {
      const proxy = await forwardProxy({ tunnelStatus: status });
      context.after(() => proxy[Symbol.asyncDispose]());
      const one = await scene(context, kind, { ...through(proxy), tls: secure() });
      const error = await refusal(one.source.services(never));
      assert.match(
        error.message,
        new RegExp(`^The proxy before .* refused to pass the request on \\(${status}\\)`),
      );
    });
  }

  test("that never answers is given up", { skip }, async (context) => {
    const proxy = await forwardProxy({ tunnelStatus: -1 });
    context.after(() => proxy[Symbol.asyncDispose]());
    const one = await scene(context, kind, { ...through(proxy), tls: secure() });
    assert.equal((await refusal(one.source.services(never))).code, "timeout");
  });

  for (const [address, message] of [
    ["http://me:SECRET-MARKER@", /^The proxy's address is not a URL/],
    ["me:SECRET-MARKER", /^The proxy's address is not a URL|^The proxy at/],
    [
      "socks5://me:SECRET-MARKER@proxy.example:1080",
      /^The proxy at proxy\.example:1080 is of the kind socks5:/,
    ],
  ] as const) {
    test(`at ${address.replace("SECRET-MARKER", "…")} is refused without its password`, async (context) => {
      const one = await scene(context, kind, through(address));
      const error = await refusal(one.source.services(never));
      assert.match(error.message, message);
      assert.equal(error.action, "openSettings");
      assert.doesNotMatch(String(error.cause ?? "") + error.message, /SECRET-MARKER/);
    });
  }
});

const run = promisify(execFile);

/** A program that others wrote. */
async function tinyproxy(context: TestContext, more: string): Promise<string | undefined> {
  const known = await run("tinyproxy", ["-v"]).catch(() => undefined);
  if (known === undefined) {
    context.skip("tinyproxy is not installed");
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "traceline-proxy-"));
  const port = await freePort();
  const file = join(folder, "tinyproxy.conf");
  await writeFile(
    file,
    `Port ${port}\nListen 127.0.0.1\nTimeout 20\nAllow 127.0.0.1\nMaxClients 20\n${more}`,
  );
  const child = spawn("tinyproxy", ["-d", "-c", file], { stdio: "ignore" });
  const closed = once(child, "close");
  context.after(async () => {
    child.kill();
    await closed;
    await rm(folder, { recursive: true, force: true });
  });
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return `http://127.0.0.1:${port}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("tinyproxy did not start.");
}

suite("tinyproxy", () => {
  // An address of this machine that does not look like one, as no name server knows the names above.
  const anyAddress = (url: string) => url.replace("127.0.0.1", "0.0.0.0");

  test("passes http: and https: on, with user name and password", { skip }, async (context) => {
    const origin = await tinyproxy(context, "BasicAuth me hunter2\n");
    if (origin === undefined) return;
    const io = { proxy: async () => origin.replace("//", "//me:hunter2@") };
    const plain = await scene(context, kind, { io, url: anyAddress });
    assert.deepEqual(await plain.source.services(never), ["shop"]);
    assert.match(plain.server.asked[0].headers.via ?? "", /tinyproxy/);
    const connection = { tls: { caFile: certificates.authority.certFile, serverName: "localhost" } };
    const inTunnel = await scene(context, kind, { io, url: anyAddress, tls: secure(), connection });
    assert.equal((await inTunnel.source.trace(ids[0], never)).trace.length, 1);
    const without = await scene(context, kind, { io: { proxy: async () => origin }, url: anyAddress });
    assert.equal((await refusal(without.source.services(never))).code, "proxy");
  });
});
