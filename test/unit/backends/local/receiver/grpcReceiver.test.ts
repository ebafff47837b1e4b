import assert from "node:assert/strict";
import { connect } from "node:http2";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { ServiceError } from "@grpc/grpc-js";
import { IntakeRefusal } from "../../../../../src/backends/local/parts.ts";
import { logsFromJson, tracesFromJson } from "../../../../../src/formats/otlpWriteProtobuf.ts";
import { callExport, exportPaths, type GrpcCall } from "./grpcCall.ts";
import { sendRaw } from "./httpCall.ts";
import { withReceiver } from "./memoryIntake.ts";

const traceId = "5b8efff798038103d269b633813fc60c";
const spans = (...list: object[]): Buffer =>
  Buffer.from(
    tracesFromJson(Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] }))),
  );
const good = spans({ traceId, spanId: "eee19b7ec3c1b174" });
const partly = spans({ traceId, spanId: "eee19b7ec3c1b174" }, { traceId });
const logRecords = [{ traceId, body: { stringValue: "a" } }];
const logs = logsFromJson(Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })));
const ok = Buffer.alloc(0);

/** Code and text of a call that failed, and whether it says when to come again. */
function failure(result: Buffer | ServiceError): { code: number; details: string; retry: boolean } {
  assert.ok(result instanceof Error, "the call was taken");
  const [status] = result.metadata.get("grpc-status-details-bin");
  return {
    code: result.code,
    details: result.details,
    retry: status !== undefined && Buffer.from(status).includes("type.googleapis.com/google.rpc.RetryInfo"),
  };
}

describe("a gRPC call that is taken", () => {
  const calls: readonly [what: string, bytes: Uint8Array, call: GrpcCall][] = [
    ["traces", good, {}],
    ["traces in gzip", good, { options: { "grpc.default_compression_algorithm": 2 } }],
    ["traces in deflate", good, { options: { "grpc.default_compression_algorithm": 1 } }],
    ["logs", logs, { path: exportPaths.logs }],
    ["metrics", Buffer.from("anything"), { path: exportPaths.metrics }],
    ["nothing", ok, {}],
  ];
  for (const [what, bytes, call] of calls) {
    it(`is answered with an empty response: ${what}`, async () => {
      await withReceiver({}, async ({ grpcPort, intake }) => {
        assert.deepEqual(await callExport(grpcPort, bytes, call), ok);
        assert.equal(intake.traces().length, bytes === good ? 1 : 0);
        assert.equal(intake.logs().length, bytes === logs ? 1 : 0);
      });
    });
  }

  it("has its bad spans counted, and the good ones kept", async () => {
    await withReceiver({}, async ({ grpcPort, intake }) => {
      const answer = await callExport(grpcPort, partly);
      assert.ok(Buffer.isBuffer(answer));
      assert.deepEqual(answer.subarray(2, 4), Buffer.of(0x08, 1));
      assert.match(answer.toString(), /1 of 2 spans were rejected/);
      assert.deepEqual(
        intake.traces().map(({ count }) => count),
        [1],
      );
    });
  });

  it("is answered only after the intake has it", async () => {
    await withReceiver({}, async ({ grpcPort, intake }) => {
      let kept = false;
      intake.before = async () => {
        await pause(100);
        kept = true;
      };
      await callExport(grpcPort, good);
      assert.ok(kept);
    });
  });

  it("may come over IPv6, where the machine has it", async (t) => {
    await withReceiver({}, async ({ grpcPort, receiver }) => {
      if (!receiver.addresses.some(({ host }) => host === "::1")) t.skip("this machine has no ::1");
      else assert.deepEqual(await callExport(grpcPort, good, { address: "[::1]" }), ok);
    });
  });
});

describe("a gRPC call that is not taken", () => {
  const cases: readonly [what: string, bytes: Buffer, call: GrpcCall, code: number, said: RegExp][] = [
    ["bytes that are no protobuf", Buffer.of(1, 2, 3), {}, 3, /This is not OTLP protobuf: at byte 0/],
    ["a message over the limit", Buffer.alloc(40_000), {}, 8, /larger than max/],
    [
      "a bomb",
      Buffer.alloc(64 << 20),
      { options: { "grpc.default_compression_algorithm": 2 } },
      8,
      /larger than max/,
    ],
    [
      "a service that there is not",
      good,
      { path: "/opentelemetry.proto.collector.profiles.v1.X/Export" },
      12,
      /not implement/,
    ],
    ["another host", good, { options: { "grpc.default_authority": "evil.example:4317" } }, 7, /host name/],
  ];
  for (const [what, bytes, call, code, said] of cases) {
    it(`fails for good, with ${code}: ${what}`, async () => {
      await withReceiver({ limits: { messageBytes: 20_000 } }, async ({ grpcPort, intake }) => {
        const failed = failure(await callExport(grpcPort, bytes, call));
        assert.deepEqual([failed.code, failed.retry], [code, false]);
        assert.match(failed.details, said);
        assert.equal(intake.batches.length, 0);
        assert.deepEqual(await callExport(grpcPort, good), ok);
      });
    });
  }

  it("needs the key where there is one", async () => {
    await withReceiver({ apiKey: "secret" }, async ({ grpcPort }) => {
      assert.equal(failure(await callExport(grpcPort, good)).code, 16);
      assert.equal(
        failure(await callExport(grpcPort, good, { metadata: { "x-otlp-api-key": "wrong" } })).code,
        16,
      );
      assert.deepEqual(await callExport(grpcPort, good, { metadata: { "x-otlp-api-key": "secret" } }), ok);
    });
  });

  it("may come again when the intake refuses, and is told when", async () => {
    await withReceiver({}, async ({ grpcPort, intake }) => {
      intake.refusal = new IntakeRefusal("The disk is full.", 7);
      assert.deepEqual(failure(await callExport(grpcPort, good)), {
        code: 14,
        details: "The disk is full.",
        retry: true,
      });
      intake.refusal = undefined;
      intake.before = () => Promise.reject(new Error("no such table"));
      const failed = failure(await callExport(grpcPort, good));
      assert.deepEqual([failed.code, failed.retry], [14, true]);
      intake.before = async () => {};
      assert.deepEqual(await callExport(grpcPort, good), ok);
    });
  });

  it("may come again when too many bytes are on their way", async () => {
    await withReceiver({ limits: { inFlightBytes: 10 } }, async ({ grpcPort, intake }) => {
      let keep = (): void => {};
      const kept = new Promise<void>((resolve) => {
        keep = resolve;
      });
      intake.before = () => kept;
      const first = callExport(grpcPort, good);
      await intake.asked(1);
      const failed = failure(await callExport(grpcPort, good));
      assert.deepEqual([failed.code, failed.retry], [14, true]);
      keep();
      assert.deepEqual(await first, ok);
    });
  });

  it("ends when its message is announced and does not come", async () => {
    await withReceiver({ limits: { bodyIdleMs: 200 } }, async ({ grpcPort }) => {
      const session = connect(`http://127.0.0.1:${grpcPort}`);
      const stream = session.request({
        ":method": "POST",
        ":path": exportPaths.traces,
        "content-type": "application/grpc",
        te: "trailers",
      });
      // A message of a megabyte, of which nothing follows.
      stream.write(Buffer.from([0, 0, 0x10, 0, 0]));
      const status = await new Promise<unknown>((resolve) => {
        stream.on(
          "response",
          (headers) => headers["grpc-status"] !== undefined && resolve(headers["grpc-status"]),
        );
        stream.on("trailers", (trailers) => resolve(trailers["grpc-status"]));
        stream.on("error", resolve);
        stream.resume();
      });
      assert.equal(status, "4");
      session.destroy();
      assert.deepEqual(await callExport(grpcPort, good), ok);
    });
  });
});

describe("a connection to the HTTP port that is gRPC", () => {
  it("is taken as one to the gRPC port, and held to the same rules", async () => {
    await withReceiver({ apiKey: "k" }, async ({ httpPort, intake, events }) => {
      assert.deepEqual(await callExport(httpPort, good, { metadata: { "x-otlp-api-key": "k" } }), ok);
      assert.equal(intake.traces().length, 1);
      assert.deepEqual(events, []);
      assert.equal(failure(await callExport(httpPort, good)).code, 16);
      const options = { "grpc.default_authority": "evil.example:4318" };
      assert.equal(failure(await callExport(httpPort, good, { options })).code, 7);
      assert.equal(intake.traces().length, 1);
    });
  });

  it("is let finish what it sends when the receiver is stopped", async () => {
    await withReceiver({}, async ({ httpPort, intake, receiver }) => {
      let keep = (): void => {};
      const kept = new Promise<void>((resolve) => {
        keep = resolve;
      });
      intake.before = () => kept;
      const call = callExport(httpPort, good);
      await intake.asked(1);
      const stopped = receiver.stop(5_000);
      keep();
      assert.deepEqual(await call, ok);
      await stopped;
      assert.equal(intake.traces().length, 1);
    });
  });
});

describe("a connection to the gRPC port that is not gRPC", () => {
  it("is told where to go when it is HTTP", async () => {
    await withReceiver({}, async ({ grpcPort, events }) => {
      const answer = await sendRaw(grpcPort, "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assert.match(answer, /^HTTP\/1.1 400 [\s\S]*This port takes OTLP over gRPC/);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["wrongPort"],
      );
    });
  });

  it("is closed when it is TLS, says nothing, or is nothing known", async () => {
    await withReceiver({ limits: { headersMs: 200 } }, async ({ grpcPort, events }) => {
      assert.equal(await sendRaw(grpcPort, Buffer.from([0x16, 3, 1, 2, 0])), "");
      assert.equal(await sendRaw(grpcPort, ""), "");
      assert.equal(await sendRaw(grpcPort, Buffer.alloc(50, 7)), "");
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["tls"],
      );
      assert.deepEqual(await callExport(grpcPort, good), ok);
    });
  });

  it("is closed when it opens and resets streams without end", async () => {
    await withReceiver({}, async ({ grpcPort }) => {
      const session = connect(`http://127.0.0.1:${grpcPort}`);
      session.on("error", () => {});
      let closed = false;
      session.once("close", () => {
        closed = true;
      });
      for (let round = 0; round < 100 && !closed; round++) {
        for (let i = 0; i < 100 && !session.closed && !session.destroyed; i++) {
          const stream = session.request({
            ":method": "POST",
            ":path": exportPaths.traces,
            "content-type": "application/grpc",
          });
          stream.on("error", () => {});
          stream.close(8);
        }
        await pause(1);
      }
      session.destroy();
      assert.deepEqual(await callExport(grpcPort, good), ok);
    });
  });
});
