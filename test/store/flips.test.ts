import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { IntakeRefusal } from "../../src/backends/local/parts.ts";
import { acquireLease } from "../../src/backends/local/store/lease.ts";
import { openReader, openWriter } from "../../src/backends/local/store/openStore.ts";
import { storePath } from "../../src/backends/local/store/storeFile.ts";
import { UserError } from "../../src/base/userError.ts";
import { random } from "../bench/generateSpans.ts";
import { query } from "../unit/backends/local/store/testStore.ts";
import { numberedBatch, numberedTrace } from "./numberedBatch.ts";

/** TRACELINE_FLIPS=10000 for a thorough run. */
const flips = Number(process.env.TRACELINE_FLIPS ?? 1000);
const limits = { maxSpans: 0, maxBytes: 0, maxAgeHours: 0 };
const ever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

function begin(folder: string, notices: string[]) {
  const onNotice = (text: string) => notices.push(text);
  const answer = acquireLease(folder, "flips", 60_000, { isGone: () => true, onNotice });
  assert.ok(answer.acquired);
  return openWriter(folder, { fence: answer.token, limits, onNotice });
}

test(`A store with any one bit flipped opens, or is set aside and begun anew (${flips} flips)`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "traceline-flips-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const writer = begin(folder, []);
  for (let number = 0; number < 60; number++) await writer.take(numberedBatch("f", number));
  await writer.indexed();
  await writer.close();
  const good = readFileSync(storePath(folder));
  const next = random(42);
  let aside = 0;
  for (let i = 0; i < flips; i++) {
    for (const file of readdirSync(folder)) rmSync(join(folder, file));
    const bad = Buffer.from(good);
    const at = Math.floor(next() * bad.length);
    bad[at] ^= 1 << Math.floor(next() * 8);
    writeFileSync(storePath(folder), bad);
    const notices: string[] = [];
    try {
      await use(folder, notices);
    } catch (error) {
      throw new Error(`byte ${at} of ${good.length}`, { cause: error });
    }
    const files = readdirSync(folder).filter((file) => file.includes(".corrupt-"));
    if (files.length > 0) aside++;
    assert.equal(
      files.length > 0,
      notices.some((text) => text.includes("set aside")),
      `byte ${at}: it is said`,
    );
  }
  t.diagnostic(`${aside} of ${flips} were set aside, in a file of ${good.length} bytes`);
});

/** Everything that can be asked; what is wrong may be said, and after that a new store takes what comes. */
async function use(folder: string, notices: string[]): Promise<void> {
  const writer = begin(folder, notices);
  const reader = openReader(folder);
  try {
    polite(() => reader.services());
    polite(() => reader.operations("shop"));
    polite(() => reader.attributeKeys());
    polite(() => reader.search(query()));
    polite(() => reader.search(query({ service: "shop", tags: new Map([["number", "7"]]) })));
    polite(() => reader.changes(0));
    polite(() => reader.hotspots({ fileTail: "cart.ts", ...ever }));
    polite(() => [...reader.traceIds()].map((id) => [reader.summary(id), reader.spans(id), reader.logs(id)]));
    let kept = false;
    for (let attempt = 0; attempt < 3 && !kept; attempt++) {
      kept = await writer.take(numberedBatch("g", attempt)).then(
        () => true,
        (error) => {
          assert.ok(error instanceof IntakeRefusal, String(error));
          return false;
        },
      );
      if (kept) polite(() => assert.ok(reader.spans(numberedTrace("g", attempt)) !== undefined));
    }
    assert.ok(kept, "a batch is kept at the third attempt at the latest");
    await writer.indexed();
  } finally {
    reader.close();
    await writer.close().catch((error) => assert.ok(!(error instanceof TypeError), String(error)));
  }
}

function polite(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
  }
}
