import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, it } from "node:test";
import { sharedData, skipWithoutData } from "../../../../support/sharedData.ts";
import { joined, protobufSink } from "../../../formats/otlpMessages.ts";
import { send } from "./httpCall.ts";
import { withReceiver } from "./memoryIntake.ts";

/** Whether something listens there. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    for (const event of ["error", "timeout"]) socket.once(event, () => resolve(false));
    socket.once("connect", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });
}

describe("a receiver", () => {
  it("is not there for other machines", async (t) => {
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    if (own.length === 0) return t.skip("this machine has no other address");
    await withReceiver({}, async ({ httpPort, grpcPort }) => {
      for (const { address } of own) {
        assert.deepEqual(
          [await answers(address, httpPort), await answers(address, grpcPort)],
          [false, false],
        );
      }
    });
  });

  it("answers every hostile file in order, lives, and keeps only what can be read", async (t) => {
    if (skipWithoutData(t)) return;
    await withReceiver({}, async ({ httpPort, intake, receiver, events }) => {
      const statuses = new Map<string, number>();
      for (const name of readdirSync(sharedData("hostile", "files"))) {
        const body = readFileSync(sharedData("hostile", "files", name));
        for (const type of ["application/x-protobuf", "application/json"]) {
          for (const path of ["/v1/traces", "/v1/logs", "/api/v2/spans"]) {
            if (path.startsWith("/api") && type !== "application/json") continue;
            const encoding: Record<string, string> = name.endsWith(".gz")
              ? { "content-encoding": "gzip" }
              : {};
            const { status } = await send(httpPort, {
              path,
              body,
              headers: { "content-type": type, ...encoding },
            });
            assert.ok([200, 202, 400, 413].includes(status), `${name} to ${path} as ${type}: ${status}`);
            statuses.set(`${name} ${path} ${type}`, status);
          }
        }
      }
      const kept = protobufSink(joined(intake.traces().map((part) => part.bytes)));
      assert.equal(kept.length, receiver.counts.spans);
      assert.ok(kept.length > 30_000, `${kept.length} spans`);
      for (const refused of [
        "b02-group-recursion.pb",
        "b03-nested-anyvalue.pb",
        "b04-huge-length-prefix.pb",
      ]) {
        assert.equal(statuses.get(`${refused} /v1/traces application/x-protobuf`), 400, refused);
      }
      assert.equal(Object.hasOwn({}, "polluted"), false);
      assert.ok(!events.some(({ kind }) => kind === "failure"), JSON.stringify(events));
    });
  });

  it("says that Zipkin's spans without a trace ID were left out", async () => {
    await withReceiver({}, async ({ httpPort, events }) => {
      const headers = { "content-type": "application/json" };
      const answer = await send(httpPort, { path: "/api/v2/spans", body: '[{"id":"1"}]', headers });
      assert.equal(answer.status, 202);
      assert.match(events[0].message, /without a trace ID/);
    });
  });
});
