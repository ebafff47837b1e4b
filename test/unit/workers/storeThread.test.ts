import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { storeThread } from "../../../src/workers/storeThread.ts";

/** A thread that answers each question with itself, `ms` later; "fail" with an error; that ends at "end". */
function echo(t: TestContext, { ms = 20, idleMs = 30_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "traceline-thread-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "echo.mjs");
  writeFileSync(
    file,
    `import { parentPort, threadId } from "node:worker_threads";
     parentPort.on("message", (question) => {
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms});
       if (question === "end") process.exit(3);
       parentPort.postMessage(question === "fail" ? { failed: "no" } : { answer: question + " by " + threadId });
     });`,
  );
  const thread = storeThread<string, string>(file, "index", idleMs);
  t.after(() => thread.end());
  return thread;
}

test("Each question has its own answer, though another is asked before", async (t) => {
  const thread = echo(t);
  const answers = ["one", "two", "fail", "three"].map((question) => thread.ask(question));
  await assert.rejects(answers[2], /no/);
  const said = await Promise.all([answers[0], answers[1], answers[3]]);
  assert.deepEqual(
    said.map((answer) => answer.split(" ")[0]),
    ["one", "two", "three"],
  );
});

test("All that is not answered fails when the thread ends, and the next question begins another", async (t) => {
  const thread = echo(t);
  const answers = ["end", "one"].map((question) => thread.ask(question));
  for (const answer of answers) await assert.rejects(answer);
  assert.match(await thread.ask("two"), /^two/);
  const waiting = thread.ask("three");
  thread.end();
  await assert.rejects(waiting);
});

test("It is ended when it was idle for a while, and never while it works", async (t) => {
  const thread = echo(t, { ms: 120, idleMs: 60 });
  const [first, second] = await Promise.all([thread.ask("one"), thread.ask("two")]);
  assert.equal(first.split(" ").at(-1), second.split(" ").at(-1));
  await pause(300);
  const third = await thread.ask("three");
  assert.notEqual(third.split(" ").at(-1), second.split(" ").at(-1));
});
