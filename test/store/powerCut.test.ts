import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openReader, openWriter } from "../../src/backends/local/store/openStore.ts";
import { storePath } from "../../src/backends/local/store/storeFile.ts";
import { random } from "../bench/generateSpans.ts";
import { lease, noLimits } from "../unit/backends/local/store/testStore.ts";
import { numberedBatch } from "./numberedBatch.ts";
import { startWriter } from "./storeProcess.ts";

/** What a power cut leaves of what was written and not yet synced, from byte `at` on. */
const cuts: readonly [title: string, cut: (log: Buffer, at: number) => Buffer][] = [
  ["cut off", (log, at) => log.subarray(0, at)],
  ["zeros", (log, at) => Buffer.concat([log.subarray(0, at), Buffer.alloc(log.length - at)])],
  [
    "a page that was written in part",
    (log, at) => Buffer.concat([log.subarray(0, at), log.subarray(0, 3000)]),
  ],
];

for (const [title, cut] of cuts) {
  test(`When the end of the log is ${title}, the store opens and has all batches up to some moment`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "traceline-cut-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const writer = startWriter(folder, "p");
    await writer.until(60);
    writer.child.kill("SIGKILL");
    await writer.ended;
    const log = readFileSync(`${storePath(folder)}-wal`);
    const next = random(7);
    for (let i = 0; i < 15; i++) {
      const copy = join(folder, `copy${i}`);
      mkdirSync(copy);
      copyFileSync(storePath(folder), storePath(copy));
      writeFileSync(`${storePath(copy)}-wal`, cut(log, Math.floor(next() * log.length)));
      const notices: string[] = [];
      const onNotice = (text: string) => notices.push(text);
      const again = openWriter(copy, { fence: lease(copy), limits: noLimits, onNotice });
      const reader = openReader(copy);
      const kept = writer.acknowledged.map((number) => {
        const whole = numberedBatch("p", number).traces.map(({ traceId, bytes }) =>
          Buffer.from(reader.spans(traceId) ?? []).includes(Buffer.from(bytes)),
        );
        assert.ok(
          whole.every((one) => one === whole[0]),
          `batch ${number} is whole or absent`,
        );
        return whole[0];
      });
      assert.ok(!kept.includes(true, kept.indexOf(false) < 0 ? kept.length : kept.indexOf(false)), "no gap");
      await again.take(numberedBatch("q", 1));
      await again.indexed();
      reader.close();
      await again.close();
      assert.deepEqual(notices, []);
      assert.ok(existsSync(storePath(copy)));
    }
  });
}
