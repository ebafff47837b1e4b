import assert from "node:assert/strict";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import zlib from "node:zlib";
import { tracesFromJson } from "../../../../../src/formats/otlpWriteProtobuf.ts";
import { callExport, exportPaths } from "./grpcCall.ts";
import { type Running, withReceiver } from "./memoryIntake.ts";

/** How many messages are inflated at a time. */
const atOnce = 4;
const traceIdOf = (n: number): string => n.toString(16).padStart(32, "0");
const span = (n: number): Uint8Array => {
  const spans = [{ traceId: traceIdOf(n), spanId: "eee19b7ec3c1b174" }];
  return tracesFromJson(Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })));
};

/** A message as it is on the wire. */
function framed(bytes: Uint8Array, isCompressed = true): Buffer {
  const frame = Buffer.alloc(5 + bytes.length);
  frame[0] = isCompressed ? 1 : 0;
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, 5);
  return frame;
}

interface OpenCall {
  readonly stream: ClientHttp2Stream;
  /** Its grpc-status, or undefined when it was closed without. */
  readonly status: Promise<string | undefined>;
}

/** A call whose message has been sent and whose end has not: the receiver waits for what may follow. */
function open(session: ClientHttp2Session, message: Buffer, encoding = "gzip"): OpenCall {
  const stream = session.request({
    ":method": "POST",
    ":path": exportPaths.traces,
    "content-type": "application/grpc",
    te: "trailers",
    ...(encoding === "" ? {} : { "grpc-encoding": encoding }),
  });
  const status = new Promise<string | undefined>((resolve) => {
    for (const event of ["response", "trailers"]) {
      stream.on(event, (headers) => headers["grpc-status"] !== undefined && resolve(headers["grpc-status"]));
    }
    stream.on("error", () => {});
    stream.on("close", () => resolve(undefined));
  });
  stream.resume();
  if (message.length > 0) stream.write(message);
  return { stream, status };
}

function call(session: ClientHttp2Session, message: Buffer, encoding?: string): OpenCall {
  const opened = open(session, message, encoding);
  opened.stream.end();
  return opened;
}

/** Counts what is being inflated from now on. */
function watchInflating(t: TestContext): { begun: number; open: number; most: number } {
  const seen = { begun: 0, open: 0, most: 0 };
  const { createGunzip } = zlib;
  t.mock.method(zlib, "createGunzip", () => {
    const gunzip = createGunzip();
    seen.begun++;
    seen.most = Math.max(seen.most, ++seen.open);
    gunzip.once("close", () => seen.open--);
    return gunzip;
  });
  return seen;
}

/** A receiver, all of whose turns to inflate are taken by calls that do not end. */
async function withTurnsTaken(
  t: TestContext,
  use: (
    running: Running,
    session: ClientHttp2Session,
    holders: OpenCall[],
    begun: () => number,
  ) => Promise<void>,
  bodyIdleMs = 10_000,
  before = async (_session: ClientHttp2Session): Promise<void> => {},
): Promise<void> {
  const seen = watchInflating(t);
  await withReceiver({ limits: { bodyIdleMs } }, async (running) => {
    const session = connect(`http://127.0.0.1:${running.grpcPort}`);
    session.on("error", () => {});
    await before(session);
    const holders = Array.from({ length: atOnce }, (_, i) =>
      open(session, framed(zlib.gzipSync(span(i + 1)))),
    );
    while (seen.begun < atOnce) await pause(2);
    await use(running, session, holders, () => seen.begun);
    session.destroy();
  });
}

describe("compressed gRPC messages", () => {
  it("are inflated four at a time, though many bombs come at once", async (t) => {
    const seen = watchInflating(t);
    await withReceiver({ limits: { messageBytes: 4 << 20 } }, async ({ grpcPort }) => {
      const sessions = [1, 2].map(() => connect(`http://127.0.0.1:${grpcPort}`));
      const bomb = framed(zlib.gzipSync(Buffer.alloc(16 << 20)));
      const calls = Array.from({ length: 16 }, (_, i) => call(sessions[i % 2], bomb));
      const statuses = await Promise.all(calls.map(({ status }) => status));
      assert.deepEqual(new Set(statuses), new Set(["8"]));
      assert.equal(seen.begun, 16);
      assert.ok(seen.most <= atOnce, `${seen.most} at a time`);
      for (const session of sessions) session.destroy();
    });
  });

  it("wait in their order, and messages that are not compressed do not", async (t) => {
    await withTurnsTaken(t, async ({ grpcPort, intake }, session, holders, begun) => {
      const waiting = [11, 12, 13].map((n) => call(session, framed(zlib.gzipSync(span(n)))));
      const deflated = call(session, framed(zlib.deflateSync(span(14))), "deflate");
      assert.equal(await call(session, framed(span(21), false)).status, "0");
      assert.ok(Buffer.isBuffer(await callExport(grpcPort, span(22))));
      assert.equal(begun(), atOnce);
      holders[2].stream.end();
      const statuses = [...waiting, deflated].map(({ status }) => status);
      assert.deepEqual(await Promise.all(statuses), ["0", "0", "0", "0"]);
      assert.deepEqual(
        intake.traces().map(({ traceId }) => traceId),
        [21, 22, 3, 11, 12, 13, 14].map(traceIdOf),
      );
    });
  });

  it("are not inflated any more when their call is cancelled, or its time is over, while they wait", async (t) => {
    await withTurnsTaken(t, async ({ grpcPort, intake }, session, holders, begun) => {
      const cancelled = call(session, framed(zlib.gzipSync(span(11))));
      const options = { "grpc.default_compression_algorithm": 2 };
      const late = await callExport(grpcPort, span(12), { options, deadlineMs: 100 });
      assert.ok(late instanceof Error && late.code === 4);
      const next = call(session, framed(zlib.gzipSync(span(13))));
      cancelled.stream.close(8);
      assert.equal(await cancelled.status, undefined);
      holders[0].stream.end();
      assert.equal(await next.status, "0");
      assert.equal(begun(), atOnce + 1);
      assert.deepEqual(
        intake.traces().map(({ traceId }) => traceId),
        [1, 13].map(traceIdOf),
      );
    });
  });

  it("have their turn when the rest of those before them does not come", async (t) => {
    await withTurnsTaken(
      t,
      async (_running, session, holders) => {
        await pause(100);
        const waiting = call(session, framed(zlib.gzipSync(span(11))));
        assert.deepEqual(await Promise.all(holders.map(({ status }) => status)), ["4", "4", "4", "4"]);
        assert.equal(await waiting.status, "0");
      },
      300,
    );
  });

  it("have the turn of one whose message has come, and whose end does not", async () => {
    await withReceiver({}, async ({ grpcPort, intake }) => {
      const session = connect(`http://127.0.0.1:${grpcPort}`);
      session.on("error", () => {});
      const began = performance.now();
      const endless = Array.from({ length: atOnce }, (_, i) =>
        open(session, framed(zlib.gzipSync(span(i + 1)))),
      );
      // They have all four turns before the next one is sent.
      await pause(100);
      const other = call(session, framed(zlib.gzipSync(span(9))));
      assert.equal(await other.status, "0");
      assert.ok(performance.now() - began < 10_000);
      assert.deepEqual(await Promise.all(endless.map(({ status }) => status)), ["4", "4", "4", "4"]);
      assert.deepEqual(
        intake.traces().map(({ traceId }) => traceId),
        [traceIdOf(9)],
      );
      session.close();
    });
  });

  it("may come again when they have waited for as long as a call has", async (t) => {
    let early: OpenCall | undefined;
    const before = async (session: ClientHttp2Session): Promise<void> => {
      early = open(session, Buffer.alloc(0));
      await pause(200);
    };
    await withTurnsTaken(
      t,
      async ({ receiver }, _session, holders, begun) => {
        early!.stream.end(framed(zlib.gzipSync(span(11))));
        assert.equal(await early!.status, "14");
        assert.equal(receiver.counts.overloaded, 1);
        assert.equal(begun(), atOnce);
        await Promise.all(holders.map(({ status }) => status));
      },
      600,
      before,
    );
  });

  it("wait no longer when the receiver is stopped", async (t) => {
    await withTurnsTaken(t, async ({ receiver, intake }, session) => {
      const waiting = call(session, framed(zlib.gzipSync(span(11))));
      await pause(50);
      await receiver.stop(50);
      assert.equal(await waiting.status, undefined);
      assert.equal(intake.batches.length, 0);
    });
  });

  it("are let finish when the receiver is stopped and there is time", async (t) => {
    await withTurnsTaken(t, async ({ receiver, intake }, session, holders) => {
      const waiting = call(session, framed(zlib.gzipSync(span(11))));
      await pause(50);
      const stopped = receiver.stop(5_000);
      for (const { stream } of holders) stream.end();
      assert.equal(await waiting.status, "0");
      session.close();
      await stopped;
      assert.equal(intake.traces().length, atOnce + 1);
    });
  });

  it("are bytes as they are where the call names no compression", async () => {
    await withReceiver({}, async ({ grpcPort }) => {
      const session = connect(`http://127.0.0.1:${grpcPort}`);
      assert.equal(await call(session, framed(zlib.gzipSync(span(1))), "").status, "3");
      assert.equal(await call(session, framed(zlib.gzipSync(span(1))), "br").status, "12");
      assert.equal(await call(session, framed(zlib.gzipSync(span(1))), "identity, gzip").status, "12");
      session.destroy();
    });
  });
});
