import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openReader } from "../../src/backends/local/store/openStore.ts";
import { lease, query, testStore } from "../unit/backends/local/store/testStore.ts";
import { numberedBatch, numberedTrace } from "./numberedBatch.ts";
import { startWriter } from "./storeProcess.ts";

/** TRACELINE_KILLS=200 for a thorough run. */
const kills = Number(process.env.TRACELINE_KILLS ?? 20);

test(`Of ${kills} writers killed at a random moment none loses a span it has acknowledged, nor keeps half a batch`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "traceline-kill-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const acknowledged: number[] = [];
  let first = 0;
  let slowest = 0;
  for (let i = 0; i < kills; i++) {
    const writer = startWriter(folder, "k", 200, first);
    const began = performance.now();
    await writer.saying("holds");
    await writer.until(1);
    // From the start of the process, the wait for the dead one's lease in it.
    slowest = Math.max(slowest, performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
    writer.child.kill("SIGKILL");
    await writer.ended;
    assert.deepEqual(
      writer.said.filter((line) => line.startsWith("notice")),
      [],
    );
    acknowledged.push(...writer.acknowledged);
    first = writer.acknowledged.at(-1)! + 2;
    checkAll(folder, acknowledged.slice(-200), first + 1);
  }
  t.diagnostic(
    `${acknowledged.length} batches acknowledged; first answer after at most ${Math.round(slowest)} ms`,
  );
  checkAll(folder, acknowledged, first);
  const again = testStore(t, { folder, fence: lease(folder) });
  await again.writer.indexed();
  for (const number of acknowledged.slice(-500)) {
    assert.equal(again.reader.summary(numberedTrace("k", number))?.spans, 3, `trace ${number} is indexed`);
  }
  const last = acknowledged.at(-1)!;
  const { summaries } = again.reader.search(query({ tags: new Map([["number", String(last)]]) }));
  assert.deepEqual(
    summaries.map((summary) => summary.traceId),
    [numberedTrace("k", last)],
  );
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.includes("corrupt")),
    [],
  );
});

function checkAll(folder: string, acknowledged: readonly number[], end: number): void {
  const reader = openReader(folder);
  try {
    for (const number of acknowledged) {
      const bytes = reader.spans(numberedTrace("k", number));
      const [own, shared] = numberedBatch("k", number).traces;
      assert.deepEqual(Buffer.from(bytes ?? []), Buffer.from(own.bytes), `batch ${number} is kept`);
      const whole = Buffer.from(reader.spans(shared.traceId) ?? []);
      assert.ok(whole.includes(Buffer.from(shared.bytes)), `all of batch ${number} is kept`);
    }
    // What was not acknowledged is there as a whole, or not at all.
    for (let number = Math.max(0, end - 3); number < end; number++) {
      const [own, shared] = numberedBatch("k", number).traces;
      const hasOwn = reader.spans(own.traceId) !== undefined;
      const hasShared = Buffer.from(reader.spans(shared.traceId) ?? []).includes(Buffer.from(shared.bytes));
      assert.equal(hasOwn, hasShared, `batch ${number} is whole or absent`);
    }
  } finally {
    reader.close();
  }
}
