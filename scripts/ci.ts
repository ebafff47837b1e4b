import { spawn } from "node:child_process";
import { inProject } from "./projectRoot.ts";
import { exitOnSignals, onEachLine } from "./runningProcess.ts";
import { closingLine, noTests, parseClosingLine, sumOf, type TestCounts } from "./testCounts.ts";

/* What CI runs after the install: `npm test`, then the tests against a real Jaeger, and one closing line for both. */

interface Part {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Whether a skipped test is a failure. */
  readonly whole: boolean;
}

const parts: readonly Part[] = [
  { title: "npm test", command: "npm", args: ["test"], whole: false },
  kindOf("a real Jaeger", "jaeger"),
  // A disk that may be filled is not everywhere to be had.
  { ...kindOf("the store of received traces", "store"), whole: false },
  kindOf("real exporters", "receiver"),
  kindOf("compiled programs", "compiled"),
  kindOf("a real Tempo", "tempo"),
  kindOf("a real Zipkin", "zipkin"),
];

/** One kind of tests, all of which have to run. */
function kindOf(title: string, kind: string): Part {
  const args = [inProject("scripts", "test.ts"), kind];
  return { title, command: process.execPath, args, whole: true };
}

async function runPart(part: Part): Promise<TestCounts> {
  const started = performance.now();
  console.log(`\n=== ${part.title} ===`);
  const child = spawn(part.command, part.args, { cwd: inProject(), stdio: ["ignore", "pipe", "inherit"] });
  let counts: TestCounts | undefined;
  onEachLine(child.stdout, (line) => {
    const closing = parseClosingLine(line);
    // Held back, so that the only closing line of the whole is the last.
    if (closing) counts = closing;
    else console.log(line);
  });
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
  const ran = counts ?? noTests;
  console.log(
    `=== ${part.title}: ended with ${code} after ${Math.round((performance.now() - started) / 1000)} s`,
  );
  const skips = part.whole ? ran.skipped : 0;
  if (skips > 0) console.error(`${skips} of them were skipped: here that is a failure.`);
  const failed = ran.failed + skips;
  return {
    passed: ran.passed,
    skipped: ran.skipped - skips,
    failed: code !== 0 && failed === 0 ? 1 : failed,
  };
}

exitOnSignals();
process.env.CI ??= "true";
const counts: TestCounts[] = [];
for (const part of parts) counts.push(await runPart(part));
const sum = sumOf(counts);
console.log(`\n${closingLine(sum)}`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
