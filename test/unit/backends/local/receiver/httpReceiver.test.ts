import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { IntakeRefusal } from "../../../../../src/backends/local/parts.ts";
import { tracesFromJson } from "../../../../../src/formats/otlpWriteProtobuf.ts";
import { send, sendRaw } from "./httpCall.ts";
import { withReceiver } from "./memoryIntake.ts";

const spans = (...ids: string[]) => ({
  resourceSpans: [
    {
      scopeSpans: [
        { spans: ids.map((spanId) => ({ traceId: "5b8efff798038103d269b633813fc60c", spanId, name: "a" })) },
      ],
    },
  ],
});
const json = Buffer.from(JSON.stringify(spans("eee19b7ec3c1b174", "eee19b7ec3c1b175")));
const protobuf = Buffer.from(tracesFromJson(json));
const badSpan = Buffer.from(JSON.stringify(spans("eee19b7ec3c1b174", "0000000000000000")));
const asJson = { "content-type": "application/json" };
const zipkin = Buffer.from(
  '[{"traceId":"5b8efff798038103","id":"eee19b7ec3c1b174","timestamp":1,"duration":2,"localEndpoint":{"serviceName":"shop"}}]',
);

describe("a request that is taken", () => {
  const cases: readonly [what: string, headers: Readonly<Record<string, string>>, body: Buffer][] = [
    ["protobuf", {}, protobuf],
    ["JSON", asJson, json],
    ["gzip", { "content-encoding": "gzip" }, gzipSync(protobuf)],
    [
      "gzip in two members",
      { "content-encoding": "gzip" },
      Buffer.concat([gzipSync(protobuf.subarray(0, 9)), gzipSync(protobuf.subarray(9))]),
    ],
    ["deflate", { "content-encoding": "deflate" }, deflateSync(protobuf)],
    ["deflate without its header", { "content-encoding": "deflate" }, deflateRawSync(protobuf)],
    ["zstd", { "content-encoding": "zstd" }, zstdCompressSync(protobuf)],
    ["JSON in gzip", { ...asJson, "content-encoding": "gzip" }, gzipSync(json)],
  ];
  for (const [what, headers, body] of cases) {
    it(`is answered with 200 in its own encoding when it is kept: ${what}`, async () => {
      await withReceiver({}, async ({ httpPort, intake, receiver }) => {
        const answer = await send(httpPort, { headers, body });
        const isJson = headers["content-type"] === "application/json";
        assert.deepEqual([answer.status, answer.body.toString()], [200, isJson ? "{}" : ""]);
        assert.equal(answer.headers["content-type"], isJson ? "application/json" : "application/x-protobuf");
        assert.deepEqual(
          intake.traces().map(({ traceId, count }) => [traceId, count]),
          [["5b8efff798038103d269b633813fc60c", 2]],
        );
        assert.equal(receiver.counts.spans, 2);
      });
    });
  }

  it("is answered only after the intake has it", async () => {
    await withReceiver({}, async ({ httpPort, intake }) => {
      let keep = (): void => {};
      intake.before = () =>
        new Promise((resolve) => {
          keep = resolve;
        });
      let answered = false;
      const sent = send(httpPort, { body: protobuf }).then(({ status }) => {
        answered = true;
        return status;
      });
      await intake.asked(1);
      await pause(50);
      assert.equal(answered, false);
      keep();
      assert.equal(await sent, 200);
    });
  });

  it("may come over IPv6, where the machine has it", async (t) => {
    await withReceiver({}, async ({ httpPort, receiver }) => {
      if (!receiver.addresses.some(({ host }) => host === "::1")) t.skip("this machine has no ::1");
      else assert.equal((await send(httpPort, { body: protobuf, address: "::1" })).status, 200);
    });
  });

  it("may be in chunks, may be empty, and may be empty envelopes", async () => {
    await withReceiver({}, async ({ httpPort, intake }) => {
      const chunked = { "transfer-encoding": "chunked" };
      assert.equal((await send(httpPort, { body: protobuf, headers: chunked })).status, 200);
      assert.equal((await send(httpPort, { body: "" })).status, 200);
      assert.equal((await send(httpPort, { body: "{}", headers: asJson })).status, 200);
      assert.equal((await send(httpPort, { body: '{"resourceSpans":[{}]}', headers: asJson })).status, 200);
      assert.equal(intake.batches.length, 1);
    });
  });

  it("may wait for leave to send its body", async () => {
    await withReceiver({}, async ({ httpPort }) => {
      const head = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/x-protobuf\r\nContent-Length: `;
      const taken = await sendRaw(
        httpPort,
        Buffer.concat([Buffer.from(`${head}${protobuf.length}\r\n\r\n`), protobuf]),
      );
      assert.match(taken, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
      const large = await sendRaw(httpPort, `${head}${65 << 20}\r\n\r\n`);
      assert.match(large, /^HTTP\/1.1 413 /);
    });
  });

  it("has its bad spans counted, and the good ones kept", async () => {
    await withReceiver({}, async ({ httpPort, intake, events, receiver }) => {
      const inJson = await send(httpPort, { body: badSpan, headers: asJson });
      const { partialSuccess } = JSON.parse(inJson.body.toString());
      assert.deepEqual([inJson.status, partialSuccess.rejectedSpans], [200, "1"]);
      assert.match(partialSuccess.errorMessage, /^1 of 2 spans were rejected: 1 without a valid span ID/);
      const inProtobuf = await send(httpPort, { body: tracesFromJson(badSpan) });
      assert.deepEqual(
        [inProtobuf.status, inProtobuf.body[0], inProtobuf.body.subarray(2, 4)],
        [200, 0x0a, Buffer.of(0x08, 1)],
      );
      assert.deepEqual(
        intake.traces().map(({ count }) => count),
        [1, 1],
      );
      assert.equal(receiver.counts.rejected, 2);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["partial"],
      );
    });
  });

  it("is warned of what was cut, with nothing rejected", async () => {
    await withReceiver({}, async ({ httpPort }) => {
      const big = spans("eee19b7ec3c1b174") as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
      Object.assign(big.resourceSpans[0].scopeSpans[0].spans[0], {
        attributes: [{ key: "k", value: { stringValue: "x".repeat(1 << 20) } }],
      });
      const answer = await send(httpPort, { body: JSON.stringify(big), headers: asJson });
      assert.deepEqual(JSON.parse(answer.body.toString()), {
        partialSuccess: { rejectedSpans: "0", errorMessage: "Values over 64 KB were truncated: 1." },
      });
    });
  });

  it("may be a web page's whose origin was allowed: it asks first, and can read the answer", async () => {
    await withReceiver({ allowedOrigins: ["http://localhost:3000"] }, async ({ httpPort }) => {
      const origin = "http://localhost:3000";
      const asked = await send(httpPort, { method: "OPTIONS", headers: { origin } });
      assert.deepEqual([asked.status, asked.headers["access-control-allow-origin"]], [204, origin]);
      const taken = await send(httpPort, { body: protobuf, headers: { origin } });
      assert.deepEqual([taken.status, taken.headers["access-control-allow-origin"]], [200, origin]);
      const other = await send(httpPort, { body: protobuf, headers: { origin: "http://localhost:3001" } });
      assert.deepEqual([other.status, other.headers["access-control-allow-origin"]], [403, undefined]);
    });
  });

  it("is Zipkin's, answered with 202", async () => {
    await withReceiver({}, async ({ httpPort, intake }) => {
      const answer = await send(httpPort, { path: "/api/v2/spans", body: zipkin, headers: asJson });
      assert.deepEqual([answer.status, answer.body.length], [202, 0]);
      assert.deepEqual(
        intake.traces().map(({ traceId }) => traceId),
        ["00000000000000005b8efff798038103"],
      );
      assert.equal(
        (await send(httpPort, { path: "/api/v2/spans", body: "[]", headers: asJson })).status,
        202,
      );
    });
  });

  it("is of logs: those of a trace are kept, the others are counted and said once", async () => {
    await withReceiver({}, async ({ httpPort, intake, events, receiver }) => {
      const logRecords = [
        { traceId: "5b8efff798038103d269b633813fc60c", body: { stringValue: "a" } },
        { body: { stringValue: "b" } },
      ];
      const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
      for (let i = 0; i < 3; i++) {
        const answer = await send(httpPort, { path: "/v1/logs", body, headers: asJson });
        assert.deepEqual([answer.status, answer.body.toString()], [200, "{}"]);
      }
      assert.deepEqual(
        [receiver.counts.logs, receiver.counts.logsWithoutTrace, intake.logs().length],
        [3, 3, 3],
      );
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["logsWithoutTrace"],
      );
    });
  });

  it("is of metrics, which are dropped and said once", async () => {
    await withReceiver({}, async ({ httpPort, intake, events }) => {
      for (let i = 0; i < 3; i++)
        assert.equal((await send(httpPort, { path: "/v1/metrics", body: "anything" })).status, 200);
      assert.equal(intake.batches.length, 0);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["metricsDropped"],
      );
    });
  });
});

describe("a request that is not taken", () => {
  const deep = `{"resourceSpans":${"[".repeat(100_000)}`;
  const limit = 10_000;
  const bomb = gzipSync(Buffer.alloc(32 << 20));
  const liar = Buffer.from(bomb);
  liar.writeUInt32LE(5, liar.length - 4);
  const cases: readonly [
    what: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | string,
    status: number,
  ][] = [
    ["bytes that are no protobuf", {}, Buffer.of(1, 2, 3), 400],
    ["protobuf that was cut", {}, protobuf.subarray(0, 40), 400],
    ["groups in groups", {}, Buffer.alloc(9_000, 0x0b), 400],
    ["text that is no JSON", asJson, "<html>", 400],
    ["JSON that was cut", asJson, json.subarray(0, 40), 400],
    ["JSON with more behind it", asJson, `${json}{}`, 400],
    ["brackets without end", asJson, deep.slice(0, 9_000), 400],
    ["plain bytes that are said to be gzip", { "content-encoding": "gzip" }, protobuf, 400],
    ["gzip that was cut", { "content-encoding": "gzip" }, gzipSync(protobuf).subarray(0, -9), 400],
    ["gzip in gzip", { "content-encoding": "gzip" }, gzipSync(gzipSync(protobuf)), 400],
    ["plain bytes that are said to be zstd", { "content-encoding": "zstd" }, protobuf, 400],
    ["plain bytes that are said to be deflate", { "content-encoding": "deflate" }, protobuf, 400],
    ["a body over the limit, by its length", {}, Buffer.alloc(limit + 1), 413],
    ["a body over the limit, in chunks", { "transfer-encoding": "chunked" }, Buffer.alloc(limit + 1), 413],
    ["a gzip bomb", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(4 << 20)), 413],
    ["a zstd bomb", { "content-encoding": "zstd" }, zstdCompressSync(Buffer.alloc(32 << 20)), 413],
    ["a deflate bomb", { "content-encoding": "deflate" }, deflateSync(Buffer.alloc(4 << 20)), 413],
    ["brotli", { "content-encoding": "br" }, protobuf, 415],
    ["plain text", { "content-type": "text/plain" }, protobuf, 415],
    ["another host", { host: "evil.example" }, protobuf, 403],
    ["a web page", { origin: "https://evil.example" }, protobuf, 403],
  ];
  for (const [what, headers, body, status] of cases) {
    it(`is answered with ${status} and a status in its encoding: ${what}`, async () => {
      await withReceiver({ limits: { bodyBytes: limit } }, async ({ httpPort, intake, receiver }) => {
        const answer = await send(httpPort, { headers, body });
        assert.equal(answer.status, status, answer.body.toString());
        const type = headers["content-type"] ?? "application/x-protobuf";
        if (type === "application/json") {
          const { code, message } = JSON.parse(answer.body.toString());
          assert.deepEqual([answer.headers["content-type"], code], [type, 3]);
          assert.match(message, /\w{3,}/);
        } else if (type === "application/x-protobuf") {
          assert.equal(answer.headers["content-type"], type);
          assert.deepEqual([answer.body[0], answer.body[2]], [0x08, 0x12]);
        } else assert.equal(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert.equal(answer.headers["access-control-allow-origin"], undefined);
        assert.deepEqual([intake.batches.length, receiver.counts.refused], [0, 1]);
        // The receiver lives and takes what is good.
        assert.equal((await send(httpPort, { body: protobuf })).status, 200);
      });
    });
  }

  it("costs bounded memory when it is a bomb, whatever it says of its size", async () => {
    await withReceiver({ limits: { bodyBytes: 4 << 20 } }, async ({ httpPort }) => {
      const headers = { "content-encoding": "gzip" };
      await send(httpPort, { body: bomb, headers });
      const before = process.memoryUsage.rss();
      for (let i = 0; i < 5; i++) {
        assert.equal((await send(httpPort, { body: bomb, headers })).status, 413);
        assert.equal((await send(httpPort, { body: liar, headers })).status, 413);
      }
      const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
      assert.ok(grown < 50, `${Math.round(grown)} MB more`);
    });
  });

  it("is answered so that its sender reads it, though it is still writing", async () => {
    await withReceiver({ limits: { bodyBytes: 1 << 20 } }, async ({ httpPort }) => {
      for (const headers of [{ "transfer-encoding": "chunked" }, {}]) {
        const answer = await send(httpPort, { body: Buffer.alloc(30 << 20), headers });
        assert.equal(answer.status, 413);
      }
    });
  });

  it("needs the key where there is one", async () => {
    await withReceiver({ apiKey: "secret" }, async ({ httpPort }) => {
      const statuses: number[] = [];
      for (const key of [undefined, "", "wrong", "secret"]) {
        const headers = key === undefined ? {} : { "x-otlp-api-key": key };
        statuses.push((await send(httpPort, { body: protobuf, headers })).status);
      }
      assert.deepEqual(statuses, [401, 401, 401, 200]);
    });
  });

  it("is told once, however often it comes", async () => {
    await withReceiver({}, async ({ httpPort, events, receiver }) => {
      for (let i = 0; i < 20; i++) await send(httpPort, { body: "no protobuf" });
      assert.equal(receiver.counts.refused, 20);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["malformed"],
      );
    });
  });

  it("is a path or a method that there is not: nothing is given back, whatever is asked", async () => {
    await withReceiver({}, async ({ httpPort }) => {
      const asked: readonly [string, string, number][] = [
        ["GET", "/", 404],
        ["GET", "/../../etc/passwd", 404],
        ["GET", "/v1/traces", 405],
        ["DELETE", "/v1/traces", 405],
        ["GET", "/api/v2/traces", 404],
        ["HEAD", "/", 404],
      ];
      for (const [method, path, status] of asked) {
        assert.equal((await send(httpPort, { method, path })).status, status, `${method} ${path}`);
      }
    });
  });
});

describe("a receiver that is asked for more than it can take", () => {
  it("answers 503 and when to come again while the intake refuses, and takes when it does not", async () => {
    await withReceiver({}, async ({ httpPort, intake, receiver, events }) => {
      intake.refusal = new IntakeRefusal("The disk is full.", 7);
      const refused = await send(httpPort, { body: json, headers: asJson });
      assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "7"]);
      assert.deepEqual(JSON.parse(refused.body.toString()), {
        code: 14,
        message: "The disk is full.",
        details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }],
      });
      intake.refusal = undefined;
      intake.before = () => Promise.reject(new IntakeRefusal("Too fast.", 1));
      assert.equal((await send(httpPort, { body: protobuf })).status, 503);
      intake.before = async () => {};
      assert.equal((await send(httpPort, { body: protobuf })).status, 200);
      assert.deepEqual([receiver.counts.overloaded, intake.batches.length], [2, 1]);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["overloaded", "overloaded"],
      );
    });
  });

  it("never answers so that data is thrown away, even where the intake fails", async () => {
    await withReceiver({}, async ({ httpPort, intake, events }) => {
      intake.before = () => Promise.reject(new Error("no such table"));
      const answer = await send(httpPort, { body: protobuf });
      assert.deepEqual([answer.status, answer.headers["retry-after"]], [503, "5"]);
      assert.equal(events[0].kind, "failure");
      assert.match(events[0].message, /no such table/);
    });
  });

  it("answers 503 when too many bytes are on their way, and recovers", async () => {
    await withReceiver({ limits: { inFlightBytes: 1000 } }, async ({ httpPort, intake }) => {
      let keep = (): void => {};
      const kept = new Promise<void>((resolve) => {
        keep = resolve;
      });
      intake.before = () => kept;
      const ids = Array.from({ length: 40 }, (_, i) => (i + 1).toString(16).padStart(16, "0"));
      const large = tracesFromJson(Buffer.from(JSON.stringify(spans(...ids))));
      assert.ok(large.length > 1000);
      const first = send(httpPort, { body: large });
      await intake.asked(1);
      const second = await send(httpPort, { body: protobuf });
      assert.deepEqual([second.status, second.headers["retry-after"]], [503, "1"]);
      keep();
      assert.equal((await first).status, 200);
      assert.equal((await send(httpPort, { body: protobuf })).status, 200);
    });
  });
});

describe("a connection that is not what it should be", () => {
  const malformed: readonly [what: string, bytes: string | Buffer, answer: RegExp][] = [
    ["no HTTP at all", "hello\r\n\r\n", /^HTTP\/1.1 400 /],
    ["HTTP/0.9", "GET /\r\n\r\n", /^HTTP\/1.1 4\d\d /],
    [
      "a negative length",
      "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
      /^HTTP\/1.1 400 /,
    ],
    [
      "a length that is none",
      "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1e9\r\n\r\n",
      /^HTTP\/1.1 400 /,
    ],
    [
      "two hosts",
      "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
      /^HTTP\/1.1 400 /,
    ],
    [
      "a malformed host",
      "POST /v1/traces HTTP/1.1\r\nHost: [::1]:x]\r\nConnection: close\r\n\r\n",
      /^HTTP\/1.1 403 /,
    ],
    ["no host", "POST /v1/traces HTTP/1.1\r\nConnection: close\r\n\r\n", /^HTTP\/1.1 4\d\d /],
    [
      "a header of a megabyte",
      `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(1 << 20)}\r\n\r\n`,
      /^HTTP\/1.1 431 |^$/,
    ],
    [
      "CONNECT",
      "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
      /^(HTTP\/1.1 4\d\d |$)/,
    ],
    ["a TLS hello", Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), /^$/],
  ];
  for (const [what, bytes, answer] of malformed) {
    it(`is refused or closed, and the receiver lives: ${what}`, async () => {
      await withReceiver({}, async ({ httpPort }) => {
        assert.match(await sendRaw(httpPort, bytes), answer);
        assert.equal((await send(httpPort, { body: protobuf })).status, 200);
      });
    });
  }

  it("is told to the person when it is TLS, with what to do", async () => {
    await withReceiver({}, async ({ httpPort, events }) => {
      await sendRaw(httpPort, Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]));
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["tls"],
      );
      for (const { message } of events) assert.match(message, /set its endpoint/i);
    });
  });

  it("may be sent again when its headers, or the rest of its body, did not come in time", async () => {
    await withReceiver({ limits: { headersMs: 200, bodyIdleMs: 200 } }, async ({ httpPort }) => {
      const head = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
      assert.match(await sendRaw(httpPort, head), /^HTTP\/1.1 503 [\s\S]*retry-after: 1\r\n/);
      const body = await sendRaw(httpPort, `${head}Content-Length: 10\r\n\r\n{`);
      assert.match(body, /^HTTP\/1.1 503 [\s\S]*retry-after: 1\r\n/);
      assert.match(body, /"code":14,"message":"The rest of the request did not come.","details":\[.*"1s"/);
      assert.equal(
        await sendRaw(httpPort, ""),
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
      );
    });
  });

  it("is one of a thousand idle ones, which keep no program from sending", async () => {
    await withReceiver({ limits: { connections: 20 } }, async ({ httpPort }) => {
      const sockets = Array.from({ length: 100 }, () => connect(httpPort, "127.0.0.1"));
      let open = 0;
      for (const socket of sockets) {
        socket.on("error", () => {});
        socket.once("connect", () => open++);
        socket.once("close", () => open--);
      }
      await pause(100);
      for (let i = 0; i < 100 && open > 20; i++) await pause(20);
      assert.ok(open <= 20, `${open} are open`);
      assert.equal((await send(httpPort, { body: protobuf })).status, 200);
      for (const socket of sockets) socket.destroy();
    });
  });

  it("is gone before its body was whole: nothing of it is kept", async () => {
    await withReceiver({}, async ({ httpPort, intake, events }) => {
      const socket = connect(httpPort, "127.0.0.1");
      socket.write(
        "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nabc",
      );
      await pause(50);
      socket.destroy();
      await pause(50);
      assert.deepEqual(
        [intake.batches.length, events.filter(({ kind }) => kind === "failure").length],
        [0, 0],
      );
    });
  });
});
