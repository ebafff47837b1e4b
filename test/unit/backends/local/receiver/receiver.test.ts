import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { distinctHosts } from "../../../../../src/backends/local/receiver/listening.ts";
import { findPortOwner } from "../../../../../src/backends/local/receiver/portOwner.ts";
import { PortUnavailable } from "../../../../../src/backends/local/receiver/portUnavailable.ts";
import { startReceiver } from "../../../../../src/backends/local/receiver/receiver.ts";
import { tracesFromJson } from "../../../../../src/formats/otlpWriteProtobuf.ts";
import { sharedData, skipWithoutData } from "../../../../support/sharedData.ts";
import { callExport } from "./grpcCall.ts";
import { send } from "./httpCall.ts";
import { memoryIntake, withReceiver } from "./memoryIntake.ts";

const options = {
  httpPort: 0,
  grpcPort: 0,
  hosts: ["127.0.0.1"],
  allowedHosts: [],
  allowedOrigins: [],
  intake: memoryIntake(),
  onEvent: () => {},
};
const span = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
const body = tracesFromJson(
  Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })),
);

/** Runs `use` with a port that this process listens on. */
async function withTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  try {
    await use((taken.address() as { port: number }).port);
  } finally {
    taken.close();
  }
}

describe("a port", () => {
  it("that another program has is named, with that program where it can be known", async () => {
    await withTakenPort(async (port) => {
      await assert.rejects(startReceiver({ ...options, httpPort: port }), (error: unknown) => {
        assert.ok(error instanceof PortUnavailable);
        assert.deepEqual([error.code, error.port], ["portBusy", port]);
        assert.match(error.message, new RegExp(`^Port ${port} is in use by .+\\.$`));
        if (process.platform === "linux") {
          assert.equal(error.owner?.pid, process.pid);
          assert.match(error.message, new RegExp(`\\(process ${process.pid}\\)`));
        }
        return true;
      });
    });
  });

  it("that cannot be had leaves the other one free", async () => {
    await withTakenPort(async (grpcPort) => {
      const probe = await startReceiver(options);
      const [{ port: httpPort }] = probe.addresses;
      await probe.stop(0);
      await assert.rejects(startReceiver({ ...options, httpPort, grpcPort }), {
        code: "portBusy",
        port: grpcPort,
      });
      const receiver = await startReceiver({ ...options, httpPort });
      assert.equal(receiver.addresses[0].port, httpPort);
      await receiver.stop(0);
    });
  });

  it("that nobody has has no owner", async () => {
    assert.equal(await findPortOwner(1), undefined);
  });

  it("is the same on all addresses, and one that the machine does not have is passed over", async () => {
    const receiver = await startReceiver({ ...options, hosts: ["127.0.0.1", "192.0.2.1"] });
    assert.deepEqual(
      receiver.addresses.map(({ protocol, host }) => [protocol, host]),
      [
        ["http", "127.0.0.1"],
        ["grpc", "127.0.0.1"],
      ],
    );
    await receiver.stop(0);
    await assert.rejects(
      startReceiver({ ...options, hosts: ["192.0.2.1"] }),
      /None of 192.0.2.1 is an address/,
    );
  });
});

describe("the addresses that a receiver is to listen on", () => {
  const cases: readonly [hosts: string[], listened: string[]][] = [
    [
      ["127.0.0.1", "::1", "0.0.0.0"],
      ["0.0.0.0", "::1"],
    ],
    [["0.0.0.0", "127.0.0.1"], ["0.0.0.0"]],
    [
      ["::1", "::", "127.0.0.1"],
      ["::", "127.0.0.1"],
    ],
    [["127.0.0.1", "127.0.0.1"], ["127.0.0.1"]],
    [
      ["localhost", "127.0.0.1"],
      ["127.0.0.1", "::1"],
    ],
    [
      ["[::1]", " 127.0.0.1", ""],
      ["::1", "127.0.0.1"],
    ],
  ];
  for (const [hosts, listened] of cases) {
    it(`may name some twice, or within others: ${JSON.stringify(hosts)}`, () => {
      assert.deepEqual(distinctHosts(hosts), listened);
    });
  }

  it("are listened on once each", async () => {
    const receiver = await startReceiver({ ...options, hosts: ["localhost", "127.0.0.1"] });
    const http = receiver.addresses.filter(({ protocol }) => protocol === "http");
    await receiver.stop(0);
    assert.deepEqual(
      http.map(({ host }) => host).filter((host) => host !== "::1"),
      ["127.0.0.1"],
    );
  });

  it("are none when none is named: never all", async () => {
    for (const hosts of [[], [""], [" "]]) {
      await assert.rejects(startReceiver({ ...options, hosts }), /is an address of this machine/);
    }
  });
});

describe("a receiver that is stopped", () => {
  it("lets requests finish that have begun, answers them, and takes no more", async () => {
    await withReceiver({}, async ({ receiver, intake, httpPort, grpcPort }) => {
      intake.before = () => pause(300);
      const http = send(httpPort, { body });
      const grpc = callExport(grpcPort, body);
      await intake.asked(2);
      const stopped = receiver.stop(2_000);
      await pause(50);
      await assert.rejects(send(httpPort, { body }), { code: "ECONNREFUSED" });
      assert.equal((await http).status, 200);
      assert.deepEqual(await grpc, Buffer.alloc(0));
      await stopped;
      assert.equal(intake.batches.length, 2);
    });
  });

  it("waits no longer than it was given, and then has acknowledged nothing that is not kept", async () => {
    await withReceiver({}, async ({ receiver, intake, httpPort, grpcPort }) => {
      intake.before = () => new Promise(() => {});
      const http = send(httpPort, { body });
      const grpc = callExport(grpcPort, body, { deadlineMs: 5_000 });
      http.catch(() => {});
      await intake.asked(2);
      const began = performance.now();
      await receiver.stop(200);
      assert.ok(performance.now() - began < 2_000);
      await assert.rejects(http);
      assert.ok((await grpc) instanceof Error);
    });
  });

  it("can be stopped twice", async () => {
    await withReceiver({}, async ({ receiver }) => {
      await receiver.stop(0);
      await receiver.stop(0);
    });
  });
});

describe("what the official exporters of JavaScript send", () => {
  const recorded: readonly [folder: string, file: string, spans: number][] = [
    ["proto", "001-_v1_traces.otlp.pb", 31],
    ["proto", "002-_v1_traces.otlp.pb", 47],
    ["proto-gzip", "001-_v1_traces.otlp.pb.gz", 44],
    ["proto-gzip", "002-_v1_traces.otlp.pb.gz", 31],
    ["json", "001-_v1_traces.otlp.json", 31],
    ["json", "002-_v1_traces.otlp.json", 44],
    ["vitest", "001-_v1_traces.otlp.json", 38],
    ["vitest", "002-_v1_traces.otlp.json", 25],
    ["vitest", "003-_v1_traces.otlp.json", 20],
    ["zipkin", "001-_api_v2_spans.zipkin.json", 31],
    ["zipkin", "002-_api_v2_spans.zipkin.json", 47],
    ["grpc", "001-grpc.otlp.grpcframe", 31],
    ["grpc", "002-grpc.otlp.grpcframe", 44],
  ];
  for (const [folder, file, spans] of recorded) {
    it(`is accepted, all ${spans} spans of it: ${folder}/${file}`, async (t) => {
      if (skipWithoutData(t)) return;
      await withReceiver({}, async ({ receiver, intake, httpPort, grpcPort, events }) => {
        const bytes = readFileSync(sharedData("generated-otel-js", folder, file));
        if (folder === "grpc")
          assert.deepEqual(await callExport(grpcPort, bytes.subarray(5)), Buffer.alloc(0));
        else {
          const type = file.endsWith(".json") ? "application/json" : "application/x-protobuf";
          const encoding: Record<string, string> = file.endsWith(".gz") ? { "content-encoding": "gzip" } : {};
          const path = folder === "zipkin" ? "/api/v2/spans" : "/v1/traces";
          const answer = await send(httpPort, {
            path,
            body: bytes,
            headers: { "content-type": type, ...encoding },
          });
          assert.equal(answer.status, folder === "zipkin" ? 202 : 200);
        }
        assert.deepEqual([receiver.counts.spans, receiver.counts.rejected, events], [spans, 0, []]);
        assert.equal(
          intake.traces().reduce((sum, { count }) => sum + count, 0),
          spans,
        );
      });
    });
  }
});
