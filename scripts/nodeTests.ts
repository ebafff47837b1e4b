import { run } from "node:test";
import { spec } from "node:test/reporters";
import { noTests, type TestCounts } from "./testCounts.ts";

/** Runs test files with node's runner, each in a process of its own, and prints as they go. */
export async function runNodeTests(
  files: readonly string[],
  options: { readonly concurrency: number; readonly timeoutMs: number },
): Promise<TestCounts> {
  if (files.length === 0) return noTests;
  const events = run({ files: [...files], concurrency: options.concurrency, timeout: options.timeoutMs });
  let counts: TestCounts | undefined;
  events.on("test:summary", (summary) => {
    // One summary comes for each file, and one without a file at the end for all.
    if (summary.file !== undefined) return;
    const { passed, failed, cancelled, skipped, todo } = summary.counts as Record<string, number>;
    counts = { passed, failed: (failed ?? 0) + cancelled, skipped: skipped + todo };
  });
  for await (const text of events.compose(new spec())) process.stdout.write(text as string);
  if (!counts) throw new Error("The test runner ended without a summary.");
  return counts;
}
