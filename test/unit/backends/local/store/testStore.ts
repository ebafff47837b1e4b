import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { TraceQuery } from "../../../../../src/backends/backend.ts";
import { acquireLease } from "../../../../../src/backends/local/store/lease.ts";
import {
  openReader,
  openWriter,
  type StoreWriting,
  type WriterOptions,
} from "../../../../../src/backends/local/store/openStore.ts";
import type { TraceReading } from "../../../../../src/backends/local/traceStore.ts";

export const noLimits = { maxSpans: 0, maxBytes: 0, maxAgeHours: 0 };

/** A folder that is removed after the test. */
export function testFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "traceline-store-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The token of a lease that was just taken, from whoever had it. */
export function lease(folder: string, holder = "test"): string {
  const answer = acquireLease(folder, holder, 60_000, { isGone: () => true });
  if (!answer.acquired) throw new Error(`the lease is ${answer.current?.holder}'s`);
  return answer.token;
}

export interface TestStore {
  readonly folder: string;
  readonly writer: StoreWriting;
  readonly reader: TraceReading;
  readonly notices: string[];
}

/** A store, its one writer and a reader; closed after the test. */
export function testStore(
  t: TestContext,
  options: Partial<WriterOptions> & { folder?: string } = {},
): TestStore {
  const folder = options.folder ?? testFolder(t);
  const notices: string[] = [];
  const writer = openWriter(folder, {
    fence: options.fence ?? lease(folder),
    limits: noLimits,
    onNotice: (text) => notices.push(text),
    ...options,
  });
  const reader = openReader(folder);
  t.after(async () => {
    reader.close();
    await writer.close().catch(() => {});
  });
  return { folder, writer, reader, notices };
}

/** A query for anything but what `asked` says. */
export function query(asked: Partial<TraceQuery> = {}): TraceQuery {
  return {
    service: "",
    operation: "",
    tags: new Map(),
    minDurationNs: 0,
    maxDurationNs: 0,
    fromMs: 0,
    toMs: Number.MAX_SAFE_INTEGER,
    limit: 20,
    ...asked,
  };
}
