import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { batch, spanId, spansPart, traceId } from "../unit/backends/local/store/otlpParts.ts";
import { testStore } from "../unit/backends/local/store/testStore.ts";

/** A folder on a file system of some MB that the test may fill. */
const disk = process.env.TRACELINE_SMALL_DISK;

test("A disk that is really full loses nothing acknowledged, is said once, and is written to when there is space", {
  skip: disk === undefined && "TRACELINE_SMALL_DISK does not name a folder on a small file system",
}, async (t) => {
  const parent = mkdtempSync(join(disk!, "store-"));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const { bavail, bsize } = statfsSync(parent);
  const ballast = join(parent, "ballast");
  let now = 0;
  const { writer, reader, notices } = testStore(t, { folder: join(parent, "store"), monotonic: () => now });
  const acknowledged: number[] = [];
  let refused = 0;
  let number = 0;
  const send = async (count: number) => {
    for (const end = number + count; number < end; number++) {
      now += 6000;
      const spans = [{ id: spanId(number), attributes: { filler: "y".repeat(3000) } }];
      await writer.take(batch(spansPart(traceId(number), spans))).then(
        () => acknowledged.push(number),
        (error) => {
          assert.equal(error.name, "IntakeRefusal");
          refused++;
        },
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const allKept = () => acknowledged.every((n) => reader.spans(traceId(n)) !== undefined);

  await send(10);
  writeFileSync(ballast, Buffer.alloc(Math.floor((bavail * bsize) / 3)));
  while (refused < 100 && number < 100_000) await send(50);
  assert.ok(refused >= 100);
  assert.ok(allKept());
  assert.equal(notices.length, 1, notices.join());
  const before = acknowledged.length;
  rmSync(ballast);
  await send(60);
  assert.ok(acknowledged.length > before + 50);
  assert.ok(allKept());
});
