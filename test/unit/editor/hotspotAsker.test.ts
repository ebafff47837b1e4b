import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { HotspotAsker } from "../../../src/editor/hints/hotspotAsker.ts";
import type { Hotspot } from "../../../src/model/hotspot.ts";

interface Request {
  readonly origin: string;
  readonly tail: string;
  readonly signal: AbortSignal;
  answer(hotspots: readonly Hotspot[]): void;
  fail(error: Error): void;
}

/** An asker whose clock the test turns, with what it asked and was told. */
function watched(context: TestContext) {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const requests: Request[] = [];
  const answered: string[] = [];
  const failed: string[] = [];
  let isWatched = true;
  const asker = new HotspotAsker<readonly Hotspot[]>({
    ask: (origin, { tail }, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        requests.push({ origin, tail, signal, answer: resolve, fail: reject });
      }),
    answered: (origin, file, hotspots) => answered.push(`${origin} ${file} ${hotspots.length}`),
    failed: (origin, file, error) => {
      failed.push(`${origin} ${file} ${(error as Error).message}`);
      return (error as Error).message !== "unsupported";
    },
    now: () => Date.now(),
    isWatched: () => isWatched,
  });
  const pass = async (ms: number) => {
    context.mock.timers.tick(ms);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const asked = () => requests.map(({ origin, tail }) => `${origin} ${tail}`);
  const leave = () => {
    isWatched = false;
  };
  return { asker, requests, answered, failed, pass, asked, leave };
}

const file = (name: string) => ({ file: `file:///w/${name}`, tail: name });

suite("Latencies of the files in view", () => {
  test("are asked for once the files stay in view", async (context) => {
    const { asker, asked, pass } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    await pass(200);
    asker.show("tempo", [file("b.ts")]);
    await pass(200);
    assert.deepEqual(asked(), []);
    await pass(100);
    assert.deepEqual(asked(), ["tempo b.ts"]);
  });

  test("are not asked for again within a minute, however often the file is shown", async (context) => {
    const { asker, asked, requests, answered, pass } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    await pass(300);
    requests[0].answer([]);
    for (let i = 0; i < 20; i++) {
      await pass(1000);
      asker.show("tempo", [file("a.ts")]);
    }
    assert.deepEqual(asked(), ["tempo a.ts"]);
    assert.deepEqual(answered, ["tempo file:///w/a.ts 0"]);
  });

  test("are asked for again after a minute while the file is in view and somebody is there", async (context) => {
    const { asker, requests, pass, leave } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    await pass(300);
    requests[0].answer([]);
    await pass(0);
    await pass(60_000);
    assert.equal(requests.length, 2);
    requests[1].answer([]);
    await pass(0);
    leave();
    await pass(300_000);
    assert.equal(requests.length, 2);
  });

  test("are asked for four files at a time, the next when one is answered", async (context) => {
    const { asker, requests, pass } = watched(context);
    asker.show("tempo", ["a", "b", "c", "d", "e", "f"].map(file));
    await pass(300);
    assert.equal(requests.length, 4);
    requests[1].answer([]);
    await pass(0);
    assert.equal(requests.length, 5);
    requests[0].fail(new Error("slow"));
    await pass(0);
    assert.equal(requests.length, 6);
  });

  test("of another connection end what is under way, and nothing of it is told", async (context) => {
    const { asker, asked, requests, answered, failed, pass } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    await pass(300);
    asker.show("received", [file("a.ts")]);
    assert.ok(requests[0].signal.aborted);
    requests[0].answer([]);
    await pass(300);
    assert.deepEqual(asked(), ["tempo a.ts", "received a.ts"]);
    assert.deepEqual([answered, failed], [[], []]);
  });

  test("that were ended are asked for when the connection is back", async (context) => {
    const { asker, asked, pass } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    await pass(300);
    asker.show("", []);
    await pass(300);
    asker.show("tempo", [file("a.ts")]);
    await pass(300);
    assert.deepEqual(asked(), ["tempo a.ts", "tempo a.ts"]);
  });

  test("are asked no more of a connection that cannot tell them", async (context) => {
    const { asker, requests, failed, pass } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    await pass(300);
    requests[0].fail(new Error("unsupported"));
    await pass(0);
    asker.show("tempo", [file("b.ts")]);
    await pass(300_000);
    assert.equal(requests.length, 1);
    assert.deepEqual(failed, ["tempo file:///w/a.ts unsupported"]);
    asker.forget();
    await pass(300);
    assert.equal(requests.length, 2);
  });

  test("are asked for again at once when there is more of them, but not twice at a time", async (context) => {
    const { asker, requests, pass } = watched(context);
    asker.expire();
    asker.show("received", [file("a.ts")]);
    await pass(300);
    asker.expire();
    assert.equal(requests.length, 1);
    requests[0].answer([]);
    await pass(0);
    asker.expire();
    assert.equal(requests.length, 2);
    assert.equal(requests[0].signal.aborted, false);
  });

  test("are not asked for once the asker is disposed", async (context) => {
    const { asker, requests, pass } = watched(context);
    asker.show("tempo", [file("a.ts")]);
    asker.dispose();
    await pass(100_000);
    assert.equal(requests.length, 0);
  });
});
