import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Connection } from "../../../src/backends/backend.ts";
import { createHttp, type Http } from "../../../src/backends/http.ts";
import type { HttpLimits } from "../../../src/backends/httpLimits.ts";
import {
  cut,
  drip,
  endless,
  type FaultyServer,
  faultyServer,
  html,
  json,
  redirect,
  reset,
  type Script,
  sequence,
  silence,
  stall,
  text,
} from "../../support/faultyServer.ts";
import { connectionTo, type FakeIo, fakeIo, never, quick, refusal } from "./fakes.ts";

const names = { label: "Jaeger", tenantHeader: "x-tenant" };

interface Scene {
  readonly server: FaultyServer;
  readonly http: Http;
  readonly io: FakeIo;
}

async function scene(
  context: TestContext,
  script: Script,
  limits: Partial<HttpLimits> = {},
  more: Partial<Connection> = {},
  secret?: string,
): Promise<Scene> {
  const server = await faultyServer(script);
  const io = fakeIo(secret);
  const http = createHttp(connectionTo(server.url, more), io, names, { ...quick, ...limits });
  context.after(async () => {
    http.dispose();
    await server.close();
  });
  return { server, http, io };
}

function ask(http: Http, signal = never): Promise<unknown> {
  return http.json("/x", [], signal);
}

async function bytesOf(http: Http, maxBytes?: number): Promise<number> {
  return http.read(
    { path: "/x", maxBytes },
    async (answer) => {
      let bytes = 0;
      for await (const chunk of answer.body) bytes += chunk.length;
      return bytes;
    },
    never,
  );
}

test("a JSON answer is read, below the base path and with its query escaped", async (context) => {
  const server = await faultyServer(json({ a: 1 }));
  const http = createHttp(connectionTo(`${server.url}/base/path/?x=1#y`), fakeIo(), names);
  context.after(async () => {
    http.dispose();
    await server.close();
  });
  assert.deepEqual(
    await http.json(
      "/api",
      [
        ["q", "a b+c&d=é"],
        ["q", "2"],
      ],
      never,
    ),
    { a: 1 },
  );
  assert.equal(server.asked[0].path, "/base/path/api");
  assert.deepEqual(server.asked[0].query.getAll("q"), ["a b+c&d=é", "2"]);
  assert.equal(server.asked[0].query.get("x"), null);
});

test("JSON is asked for, unless a read asks for something else", async (context) => {
  const { server, http } = await scene(context, json({}));
  await ask(http);
  await http.read({ path: "/x", accept: "application/protobuf" }, async () => {}, never);
  assert.deepEqual(
    server.asked.map(({ headers }) => headers.accept),
    ["application/json", "application/protobuf"],
  );
});

test("limits may come with the world that a backend is given", async (context) => {
  const server = await faultyServer(silence);
  const io = { ...fakeIo(), limits: { ...quick, totalMs: 40 } };
  const http = createHttp(connectionTo(server.url), io, names);
  context.after(async () => {
    http.dispose();
    await server.close();
  });
  assert.match((await refusal(ask(http))).message, /took longer than 0\.04 s/);
});

test("a read sets its own time and size only as far as the limits let it", async (context) => {
  const { http } = await scene(context, silence, { longestMs: 40 });
  const slow = http.read({ path: "/x", totalMs: 300_000 }, async () => {}, never);
  assert.match((await refusal(slow)).message, /took longer than 0\.04 s/);
  const { http: large } = await scene(context, endless(Buffer.alloc(65536, " ")), { mostBytes: 2 ** 20 });
  assert.match((await refusal(bytesOf(large, 2 ** 30))).message, /larger than 1 MB/);
});

test("a refused connection names the host, asks whether it runs and offers to edit the connection", async () => {
  const server = await faultyServer(silence);
  await server.close();
  const io = fakeIo();
  const error = await refusal(ask(createHttp(connectionTo(server.url), io, names, quick)));
  assert.equal(error.message, `Jaeger at ${server.url} refused the connection. Is it running?`);
  assert.equal(error.action, "editConnection");
});

test("an unknown host name is said to be one", async () => {
  const error = await refusal(
    ask(createHttp(connectionTo("http://nobody.invalid:16686"), fakeIo(), names, quick)),
  );
  assert.equal(error.code, "dns");
  assert.match(error.message, /^Jaeger at http:\/\/nobody\.invalid:16686 /);
});

test("user name and password in a URL are neither sent nor shown", async (context) => {
  const { server, io } = await scene(context, json({}));
  const http = createHttp(connectionTo(server.url.replace("//", "//me:hunter2@")), io, names, quick);
  await ask(http);
  http.dispose();
  assert.equal(server.asked[0].headers.authorization, undefined);
  assert.equal(http.peer.address, server.url);
  assert.doesNotMatch(io.lines.join(), /hunter2/);
});

for (const url of ["", "localhost:16686", "file:///etc/passwd", "ftp://host/", "http://"]) {
  test(`"${url}" is refused as a URL`, () => {
    assert.throws(() => createHttp(connectionTo(url), fakeIo(), names), {
      name: "UserError",
      action: "editConnection",
    });
  });
}

test("a server that does not speak HTTP is said not to", async (context) => {
  const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const error = await refusal(
    ask(createHttp(connectionTo(`http://127.0.0.1:${port}`), fakeIo(), names, quick)),
  );
  assert.match(error.message, /does not answer in HTTP/);
  const tls = await refusal(
    ask(createHttp(connectionTo(`https://127.0.0.1:${port}`), fakeIo(), names, quick)),
  );
  assert.equal(tls.code, "tls");
});

test("a server that says nothing is given up after the first-byte time, and its socket is closed", async (context) => {
  const { server, http } = await scene(context, silence, { firstByteMs: 30 });
  const error = await refusal(ask(http));
  assert.match(error.message, /did not answer within 0\.03 s/);
  await server.whenAborted(1);
  assert.equal(server.asked.length, 1);
});

test("a server that stops in the middle is given up after the idle time", async (context) => {
  const { server, http } = await scene(context, stall, { idleMs: 30 });
  assert.match((await refusal(ask(http))).message, /stopped in the middle of its answer/);
  await server.whenAborted(1);
});

test("a server that sends a byte now and then is given up after the total time", async (context) => {
  const { server, http } = await scene(context, drip(5), { totalMs: 60 });
  assert.match((await refusal(ask(http))).message, /took longer than 0\.06 s/);
  await server.whenAborted(1);
});

for (const [name, script] of [
  ["before the answer", silence],
  ["in the middle of it", stall],
] as const) {
  test(`aborting ${name} rejects with the signal's reason and closes the socket`, async (context) => {
    const { server, http } = await scene(context, script);
    const controller = new AbortController();
    const answer = ask(http, controller.signal);
    await server.whenAsked(1);
    controller.abort(new Error("closed the panel"));
    await assert.rejects(answer, /closed the panel/);
    await server.whenAborted(1);
  });
}

test("a signal that is already aborted sends nothing", async (context) => {
  const { server, http } = await scene(context, json({}));
  await assert.rejects(ask(http, AbortSignal.abort(new Error("too late"))), /too late/);
  assert.equal(server.asked.length, 0);
});

test("aborting while waiting for a second try ends the wait", async (context) => {
  const busy: Script = (response) => response.writeHead(503, { "retry-after": "25" }).end();
  const { server, http, io } = await scene(context, busy, { retryAfterMs: 30_000 });
  const controller = new AbortController();
  const answer = ask(http, controller.signal);
  await server.whenAsked(1);
  while (!io.lines.some((line) => line.includes("once more in 25000 ms"))) await new Promise(setImmediate);
  controller.abort(new Error("enough"));
  await assert.rejects(answer, /enough/);
  assert.equal(server.asked.length, 1);
});

test("an answer that is cut off twice is reported with the bytes that came", async (context) => {
  const { server, http } = await scene(context, cut(JSON.stringify({ a: "x".repeat(2000) }), 1234));
  const error = await refusal(ask(http));
  assert.match(error.message, /cut its answer off after 1,234 bytes/);
  assert.equal(server.asked.length, 2);
});

test("an answer that is cut off once is read again", async (context) => {
  const { http } = await scene(context, sequence(cut('{"a":[1,2,3]}', 5), json({ a: 2 })));
  assert.deepEqual(await ask(http), { a: 2 });
});

test("a reset connection is tried once more, then reported; the next read works", async (context) => {
  const { server, http } = await scene(context, sequence(reset, json(1), reset, reset, json(2)));
  assert.equal(await ask(http), 1);
  const error = await refusal(ask(http));
  assert.match(error.message, /closed the connection without an answer/);
  assert.equal(error.action, "retry");
  assert.equal(await ask(http), 2);
  assert.equal(server.asked.length, 5);
});

for (const status of [429, 502, 503, 504]) {
  test(`${status} is tried exactly once more`, async (context) => {
    const { server, http } = await scene(context, text("busy", status));
    assert.match((await refusal(ask(http))).message, new RegExp(`\\(${status}\\): busy$`));
    assert.equal(server.asked.length, 2);
  });
}

for (const status of [400, 401, 403, 404, 500, 501]) {
  test(`${status} is not tried again`, async (context) => {
    const { server, http } = await scene(context, text("no", status));
    await refusal(ask(http));
    assert.equal(server.asked.length, 1);
  });
}

test("503 and then an answer is an answer", async (context) => {
  const { http } = await scene(context, sequence(text("", 503), json("up")));
  assert.equal(await ask(http), "up");
});

test("a Retry-After within the limit is waited for, a longer one reported", async (context) => {
  const after =
    (seconds: string): Script =>
    (response) =>
      response.writeHead(429, { "retry-after": seconds }).end();
  const { server, http, io } = await scene(context, sequence(after("1"), json("ok"), after("3600")));
  assert.equal(await ask(http), "ok");
  assert.match(io.lines.join("\n"), /once more in 1000 ms/);
  const error = await refusal(ask(http));
  assert.match(error.message, /It asks to wait 60 min/);
  assert.equal(server.asked.length, 3);
});

for (const [reset, message] of [
  ["3600", /It asks to wait 60 min/],
  ["1790000000", /too many requests \(429\)$/],
] as const) {
  test(`an X-RateLimit-Reset of ${reset} s at a 429 is ${message.source}`, async (context) => {
    const { http } = await scene(context, (response) =>
      response.writeHead(429, { "x-ratelimit-reset": reset }).end(),
    );
    assert.match((await refusal(ask(http))).message, message);
  });
}

test("a Retry-After date counts from the answer's own date", async (context) => {
  const dated: Script = (response) =>
    response
      .writeHead(503, {
        date: "Thu, 01 Jan 2026 00:00:00 GMT",
        "retry-after": "Thu, 01 Jan 2026 00:10:00 GMT",
      })
      .end();
  const { http } = await scene(context, dated);
  assert.match((await refusal(ask(http))).message, /It asks to wait 10 min/);
});

for (const status of [401, 403]) {
  test(`${status} asks for a new secret and never shows the one that was sent, even when the server does`, async (context) => {
    const echo: Script = (response, asked) =>
      response.writeHead(status).end(`bad ${asked.headers.authorization}`);
    const { server, http, io } = await scene(context, echo, {}, { auth: "bearer" }, "SECRET-MARKER-1");
    const error = await refusal(ask(http));
    assert.equal(error.action, "enterSecret");
    assert.match(error.message, /bad Bearer \*\*\*$/);
    assert.equal(server.asked[0].headers.authorization, "Bearer SECRET-MARKER-1");
    assert.doesNotMatch(io.lines.join(), /SECRET-MARKER/);
  });
}

test("basic authorization sends user and password as UTF-8", async (context) => {
  const { server, http } = await scene(context, json({}), {}, { auth: "basic", user: "jörg" }, "pass:word");
  await ask(http);
  const sent = server.asked[0].headers.authorization?.replace("Basic ", "") ?? "";
  assert.equal(Buffer.from(sent, "base64").toString(), "jörg:pass:word");
});

test("a missing secret is asked for by origin before anything is sent", async (context) => {
  const { server, http, io } = await scene(context, json({}), {}, { auth: "bearer" });
  const error = await refusal(ask(http));
  assert.equal(error.action, "enterSecret");
  assert.deepEqual(io.origins, [server.url]);
  assert.equal(server.asked.length, 0);
});

test("the connection's headers and tenant are sent, but none that belong to the exchange", async (context) => {
  const { server, http } = await scene(
    context,
    json({}),
    {},
    { headers: { "X-Team": "shop", Host: "evil" }, tenant: "t1" },
  );
  await ask(http);
  assert.equal(server.asked[0].headers["x-team"], "shop");
  assert.equal(server.asked[0].headers["x-tenant"], "t1");
  assert.equal(`http://${server.asked[0].headers.host}`, server.url);
});

for (const more of [
  { headers: { "X-A": "a\r\nX-B: b" } },
  { headers: { "X A": "a" } },
  { tenant: "a\nb" },
] as Partial<Connection>[]) {
  test(`${JSON.stringify(more)} cannot be sent`, async (context) => {
    const { server, http } = await scene(context, json({}), {}, more);
    assert.equal((await refusal(ask(http))).action, "editConnection");
    assert.equal(server.asked.length, 0);
  });
}

test("a redirect within the origin is followed", async (context) => {
  const { server, http } = await scene(context, sequence(redirect("/y?z=1"), json("there")));
  assert.equal(await ask(http), "there");
  assert.equal(server.asked[1].path, "/y");
});

test("three redirects are followed, a fourth is not", async (context) => {
  const { server, http } = await scene(context, redirect("/again"));
  assert.match((await refusal(ask(http))).message, /redirects in circles/);
  assert.equal(server.asked.length, 4);
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a ${status} to another origin is not followed, so nothing sent reaches it`, async (context) => {
    const other = await faultyServer(json("stolen"));
    context.after(() => other.close());
    const more = { auth: "bearer", tenant: "t1" } as const;
    const { http } = await scene(
      context,
      redirect(`${other.url}/x?a=b`, status),
      {},
      more,
      "SECRET-MARKER-2",
    );
    const error = await refusal(ask(http));
    assert.match(error.message, new RegExp(`redirects to ${other.url}, which is not followed`));
    assert.equal(other.asked.length, 0);
  });
}

for (const location of [
  "file:///etc/passwd",
  "ftp://a/b",
  "http://169.254.169.254/latest",
  "https://127.0.0.1/",
  "//evil/",
  "http://[",
  "javascript:alert(1)",
]) {
  test(`a redirect to ${location} is refused`, async (context) => {
    const { http } = await scene(context, redirect(location));
    assert.equal((await refusal(ask(http))).code, "redirect");
  });
}

test("a web page in place of JSON is said to be one, whatever its type is called", async (context) => {
  const { http } = await scene(context, sequence(html(), text("\ufeff <html>", 200, "application/json")));
  for (let i = 0; i < 2; i++) {
    const error = await refusal(ask(http));
    assert.match(error.message, /is not a trace API: it answered with a web page/);
    assert.equal(error.code, "notJson");
  }
});

test("text that is not JSON, and nothing, are said to be that", async (context) => {
  const { http } = await scene(context, sequence(text("OK"), text("")));
  assert.match((await refusal(ask(http))).message, /it answered with text that is not JSON/);
  assert.match((await refusal(ask(http))).message, /it answered with nothing/);
});

const errorBodies: readonly (readonly [string, string, RegExp])[] = [
  ["Jaeger's old envelope", '{"data":null,"errors":[{"code":500,"msg":"disk full"}]}', /\(500\): disk full$/],
  ["Jaeger's v3 envelope", '{"error":{"httpCode":500,"message":"no luck"}}', /\(500\): no luck$/],
  ["plain text", "some\u0000thing\u001b[31m \u202ebroke\n", /\(500\): some thing \[31m broke$/],
  ["markup as text", "boom <script>alert(1)</script>", /\(500\): boom <script>alert\(1\)<\/script>$/],
  ["a web page", "<html>gateway</html>", /failed \(500\)$/],
  [
    "a web page with a title",
    "<html><title>No SSL certificate</title></html>",
    /\(500\): No SSL certificate$/,
  ],
];

for (const [what, body, message] of errorBodies) {
  test(`of an error in ${what}, its words are shown`, async (context) => {
    const { http } = await scene(context, text(body, 500));
    assert.match((await refusal(ask(http))).message, message);
  });
}

test("of a long error 500 characters are shown", async (context) => {
  const { http } = await scene(context, text("x".repeat(100_000), 500));
  const error = await refusal(ask(http));
  assert.ok(error.message.length < 600);
});

const packed: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ["gzip", (text) => gzipSync(text)],
  ["deflate", (text) => deflateSync(text)],
  ["deflate", (text) => deflateRawSync(text)],
  ["br", (text) => brotliCompressSync(text)],
  ["zstd", (text) => zstdCompressSync(text)],
  ["", (text) => gzipSync(text)],
  ["gzip", (text) => Buffer.from(text)],
  ["zstd", (text) => Buffer.from(text)],
  ["identity", (text) => Buffer.from(text)],
];

for (const [encoding, pack] of packed) {
  const body = pack('{"a":"é"}');
  test(`content-encoding "${encoding}" with bytes that begin ${Buffer.from(body.subarray(0, 2)).toString("hex")} is read`, async (context) => {
    const { http } = await scene(context, (response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(body),
    );
    assert.deepEqual(await ask(http), { a: "é" });
  });
}

test("a packed answer that is cut off is reported as such", async (context) => {
  const body = gzipSync(JSON.stringify(Array.from({ length: 3000 }, (_, i) => i * 7919)));
  const { http } = await scene(context, (response) => response.end(body.subarray(0, 2000)));
  assert.equal((await refusal(ask(http))).code, "cutOff");
});

test("a packed answer that is garbled is reported as such", async (context) => {
  const body = gzipSync("x".repeat(1000));
  body.fill(0xff, 12, 25);
  const { http } = await scene(context, (response) => response.end(body));
  assert.match((await refusal(ask(http))).message, /does not unpack/);
});

test("latin1 and a byte order mark are read", async (context) => {
  const latin: Script = (response) =>
    response
      .writeHead(200, { "content-type": "application/json; charset=ISO-8859-1" })
      .end(Buffer.from('"é"', "latin1"));
  const { http } = await scene(context, sequence(latin, text('\ufeff"b"')));
  assert.equal(await ask(http), "é");
  assert.equal(await ask(http), "b");
});

test("an endless answer is stopped at the limit and its socket closed", async (context) => {
  const { server, http } = await scene(context, endless(Buffer.alloc(65536, " ")));
  const error = await refusal(bytesOf(http, 2 ** 20));
  assert.equal(error.code, "tooLarge");
  assert.match(error.message, /larger than 1 MB/);
  await server.whenAborted(1);
});

test("a bomb is stopped at the limit of its inflated size", async (context) => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, " "));
  const { http } = await scene(context, (response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
  );
  assert.equal((await refusal(bytesOf(http, 2 ** 20))).code, "tooLarge");
});

test("a body that is not read to its end closes its socket", async (context) => {
  const { server, http } = await scene(context, endless(Buffer.alloc(65536, " ")));
  await http.read({ path: "/x" }, async () => {}, never);
  await server.whenAborted(1);
});

test("what the reader of a body throws is thrown on, and not tried again", async (context) => {
  const { server, http } = await scene(context, json([]));
  const defect = new TypeError("ours");
  await assert.rejects(
    http.read(
      { path: "/x" },
      async () => {
        throw defect;
      },
      never,
    ),
    defect,
  );
  assert.equal(server.asked.length, 1);
});

test("fifty reads at a time reach the server four at a time, over at most four sockets", async (context) => {
  const later: Script = (response) => setTimeout(() => response.end("{}"), 2);
  const { server, http } = await scene(context, later);
  await Promise.all(Array.from({ length: 50 }, (_, i) => http.json(`/${i}`, [], never)));
  assert.equal(server.asked.length, 50);
  assert.equal(server.widest, 4);
});

test("equal reads under way are one; when one of those waiting leaves, the others still get the answer", async (context) => {
  const { server, http } = await scene(context, (response) => setTimeout(() => response.end('"one"'), 20));
  const controller = new AbortController();
  const left = ask(http, controller.signal);
  const stayed = [ask(http), ask(http)];
  controller.abort(new Error("left"));
  await assert.rejects(left, /left/);
  assert.deepEqual(await Promise.all(stayed), ["one", "one"]);
  assert.equal(server.asked.length, 1);
  assert.equal(server.aborted.length, 0);
});

test("reads that make the same of the same answer are one; when the first leaves, the others still get it", async (context) => {
  const { server, http } = await scene(context, (response) => setTimeout(() => response.end('"one"'), 20));
  const controller = new AbortController();
  const read = (as: string, signal = never) =>
    http.read(
      { path: "/x", as },
      async ({ body }, ours) => {
        for await (const chunk of body) {
          ours.throwIfAborted();
          return Buffer.from(chunk).toString();
        }
      },
      signal,
    );
  const left = read("text", controller.signal);
  const stayed = [read("text"), read("text"), read("other")];
  controller.abort(new Error("left"));
  await assert.rejects(left, /left/);
  assert.deepEqual(await Promise.all(stayed), ['"one"', '"one"', '"one"']);
  assert.equal(server.asked.length, 2);
});

test("a shared read is aborted when everybody has left", async (context) => {
  const { server, http } = await scene(context, silence);
  const controller = new AbortController();
  const answers = [ask(http, controller.signal), ask(http, controller.signal)];
  await server.whenAsked(1);
  controller.abort(new Error("all left"));
  for (const answer of answers) await assert.rejects(answer, /all left/);
  await server.whenAborted(1);
});

test("a disposed connection refuses reads", async (context) => {
  const { http } = await scene(context, json({}));
  http.dispose();
  assert.equal((await refusal(ask(http))).code, "closed");
});

test("what is under way when a connection is disposed, or waits for its turn, ends as closed", async (context) => {
  const { server, http } = await scene(context, silence, { connections: 1 });
  const answers = ["/a", "/b"].map((path) => refusal(http.json(path, [], never)));
  await server.whenAsked(1);
  http.dispose();
  for (const answer of answers) assert.equal((await answer).code, "closed");
  await server.whenAborted(1);
});
