import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openReader } from "../../src/backends/local/store/openStore.ts";
import { numberedTrace } from "./numberedBatch.ts";
import { startWriter } from "./storeProcess.ts";

const { EIO, ENOSPC, EROFS, EDQUOT } = constants.errno;

/** What fails of the files of a store, how, and whether batches are refused for it. */
const faults: readonly [title: string, call: string, errno: number, refuses: boolean][] = [
  ["writing, by an error of the disk", "write", EIO, true],
  ["writing, for want of space", "write", ENOSPC, true],
  ["writing, for want of quota", "write", EDQUOT, true],
  ["writing, the file system having become read-only", "write", EROFS, true],
  ["reading, by an error of the disk", "read", EIO, false],
  ["syncing, by an error of the disk", "sync", EIO, false],
  ["truncating, by an error of the disk", "truncate", EIO, false],
];

/** The library that makes calls fail; undefined where it cannot be made. */
function failingDisk(folder: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  const library = join(folder, "failingDisk.so");
  try {
    execFileSync(
      "cc",
      ["-shared", "-fPIC", "-O1", "-o", library, join(import.meta.dirname, "failingDisk.c"), "-ldl"],
      { stdio: "pipe" },
    );
    return library;
  } catch {
    return undefined;
  }
}

const folder = mkdtempSync(join(tmpdir(), "traceline-disk-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const library = failingDisk(folder);

describe("A disk that fails at", {
  concurrency: 2,
  skip: library === undefined && "Linux and a C compiler are needed",
}, () => {
  for (const [index, [title, call, errno, refuses]] of faults.entries()) {
    test(`${title}, loses nothing acknowledged and ends nothing`, async (t) => {
      const store = join(folder, `store-${index}`);
      const orders = join(folder, `orders-${index}`);
      const writer = startWriter(store, "d", 1000, 0, { LD_PRELOAD: library, FAILING_DISK: orders });
      t.after(() => writer.child.kill("SIGKILL"));
      await writer.until(50);
      writeFileSync(orders, `${call} ${errno}`);
      if (refuses) await writer.saying("refused");
      await pause(2_500);
      const during = writer.acknowledged.length;
      rmSync(orders);
      await writer.until(during + 200);
      writer.child.stdin!.end();
      await writer.ended;
      assert.equal(writer.child.exitCode, 0);
      const notices = writer.said.filter((line) => line.startsWith("notice"));
      assert.ok(notices.length <= 1, notices.join("\n"));
      if (refuses) assert.equal(notices.length, 1);
      const reader = openReader(store);
      const lost = writer.acknowledged.filter((n) => reader.spans(numberedTrace("d", n)) === undefined);
      reader.close();
      assert.deepEqual(lost, []);
    });
  }
});
