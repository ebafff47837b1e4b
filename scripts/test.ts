import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { chromiumPath } from "./chromium.ts";
import { runNodeTests } from "./nodeTests.ts";
import { inProject } from "./projectRoot.ts";
import { exitOnSignals, onEachLine } from "./runningProcess.ts";
import { closingLine, noTests, sumOf, type TestCounts } from "./testCounts.ts";

/*
 * Runs the tests: node scripts/test.ts [kind …] [path …]. Without a kind those of `npm test`; with
 * paths only the files whose path contains one of them. Ends with a closing line of the counts of all.
 */

interface TestKind {
  /** Folders of test/, each of which must have a test unless it is in `absent`. */
  readonly folders: readonly string[];
  readonly run: (files: readonly string[], filtered: boolean) => Promise<TestCounts>;
}

/** Folders that have no test yet. */
const absent: readonly string[] = [];

const MINUTE = 60_000;

const kinds = new Map<string, TestKind>([
  [
    "unit",
    {
      folders: ["architecture", "contract", "unit", "preload"],
      run: (files) => runNodeTests(files, { concurrency: availableParallelism(), timeoutMs: 2 * MINUTE }),
    },
  ],
  [
    "page",
    {
      folders: ["page"],
      async run(files) {
        // Looked for once, before several files ask for it, or install it, at the same time.
        process.env.CHROMIUM_PATH = await chromiumPath();
        return runNodeTests(files, { concurrency: 1, timeoutMs: 5 * MINUTE });
      },
    },
  ],
  [
    "editor",
    {
      folders: ["editor"],
      async run(files, filtered) {
        process.env.CHROMIUM_PATH = await chromiumPath();
        const stories = filtered ? noTests : await runStories();
        const windows = await runNodeTests(files, { concurrency: 1, timeoutMs: 10 * MINUTE });
        return sumOf([stories, windows]);
      },
    },
  ],
  [
    "receiver",
    {
      // Real exporters, which are installed and built at first use.
      folders: ["receiver"],
      run: (files) => runNodeTests(files, { concurrency: 1, timeoutMs: 15 * MINUTE }),
    },
  ],
  [
    "compiled",
    {
      // Compilers and older Nodes, which are installed at first use.
      folders: ["compiled"],
      run: (files) => runNodeTests(files, { concurrency: 1, timeoutMs: 15 * MINUTE }),
    },
  ],
  [
    "store",
    {
      folders: ["store"],
      run: (files) => runNodeTests(files, { concurrency: 1, timeoutMs: 15 * MINUTE }),
    },
  ],
  [
    "tempo",
    {
      folders: ["tempo"],
      async run(files) {
        process.env.CHROMIUM_PATH = await chromiumPath();
        return runNodeTests(files, { concurrency: 1, timeoutMs: 45 * MINUTE });
      },
    },
  ],
  [
    "zipkin",
    {
      folders: ["zipkin"],
      run: (files) => runNodeTests(files, { concurrency: 1, timeoutMs: 15 * MINUTE }),
    },
  ],
  [
    "jaeger",
    {
      folders: ["jaeger"],
      async run(files) {
        process.env.CHROMIUM_PATH = await chromiumPath();
        return runNodeTests(files, { concurrency: 1, timeoutMs: 45 * MINUTE });
      },
    },
  ],
]);
const usual: readonly string[] = ["unit", "page", "editor"];

/** The stories that run inside VS Code, on the oldest release and on the newest. */
async function runStories(): Promise<TestCounts> {
  const child = spawn(process.execPath, [inProject("test", "editor", "run.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const counts: TestCounts[] = [];
  onEachLine(child.stdout, (line) => {
    console.log(line);
    if (line.startsWith('{"stories":')) counts.push((JSON.parse(line) as { stories: TestCounts }).stories);
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 1)));
  const sum = sumOf(counts);
  // A suite that died before it counted is a failure of its own.
  return (code !== 0 || counts.length < 2) && sum.failed === 0 ? { ...sum, failed: 1 } : sum;
}

async function testFilesIn(folder: string): Promise<string[]> {
  const path = inProject("test", folder);
  const names = await readdir(path, { recursive: true }).catch(() => []);
  return names
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => join(path, name));
}

/** A test in a folder that no kind knows would never run. */
async function strayTests(): Promise<string[]> {
  const known = [...kinds.values()].flatMap((kind) => kind.folders);
  const stray: string[] = [];
  for (const entry of await readdir(inProject("test"), { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === "sample" || known.includes(entry.name)) continue;
    stray.push(...(await testFilesIn(entry.name)));
  }
  return stray;
}

async function runKind(name: string, kind: TestKind, paths: readonly string[]): Promise<TestCounts> {
  console.log(`\n== ${name} ==`);
  const files: string[] = [];
  let missing = 0;
  for (const folder of kind.folders) {
    const found = await testFilesIn(folder);
    files.push(...found);
    // The stories are the tests of test/editor; files of node's runner beside them are welcome, not needed.
    if (found.length > 0 || folder === "editor" || paths.length > 0) continue;
    if (absent.includes(folder)) console.log(`test/${folder} has no test yet.`);
    else {
      console.error(`test/${folder} has no test: that is a failure.`);
      missing++;
    }
  }
  const wanted = paths.length > 0 ? files.filter((file) => paths.some((path) => file.includes(path))) : files;
  const started = performance.now();
  const runs = wanted.length > 0 || name === "editor";
  const counts = runs ? await kind.run(wanted, paths.length > 0) : noTests;
  const total = paths.length > 0 ? counts : { ...counts, failed: counts.failed + missing };
  const seconds = Math.round((performance.now() - started) / 1000);
  // Not the closing line, which stands once, at the end.
  console.log(`== ${name}: ${total.passed} of ${total.passed + total.failed} passed in ${seconds} s`);
  return total;
}

exitOnSignals();
const asked = process.argv.slice(2);
const names = asked.filter((word) => kinds.has(word));
const paths = asked.filter((word) => !kinds.has(word));
const counts: TestCounts[] = [];
for (const file of await strayTests()) {
  console.error(`${file} is in no folder that is run.`);
  counts.push({ ...noTests, failed: 1 });
}
for (const name of names.length > 0 ? names : usual) {
  const kind = kinds.get(name)!;
  try {
    counts.push(await runKind(name, kind, paths));
  } catch (error) {
    console.error(`The ${name} tests could not run: ${error instanceof Error ? error.message : error}`);
    counts.push({ ...noTests, failed: 1 });
  }
}
const sum = sumOf(counts);
if (sum.passed + sum.failed + sum.skipped === 0) console.error("No test ran.");
console.log(`\n${closingLine(sum)}`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
