// Measures the built page in Chromium beside other viewers, receiving beside a real Jaeger with the store of what was received,
// and what a trace of a real Jaeger costs beyond its bytes: npm run bench -- [--only page,receiving,backends]
// [--sizes 10000,200000] [--formats proto,json] [--runs 3] [--million] [--patience 60]
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../../scripts/projectRoot.ts";
import { backendLines, measureBackends } from "./measureBackends.ts";
import { type DecodeFigures, measureDecode } from "./measureDecode.ts";
import { measurePage, type PageFigures } from "./measurePage.ts";
import { measureReceiving, receivingLines } from "./measureReceiving.ts";
import { measureStore } from "./measureStore.ts";
import { median, quietMachine } from "./quiet.ts";
import { decodeTable, goalLines, type Measured, pageTable } from "./table.ts";
import { type Input, inputs, type TraceFile, traceFile } from "./traceFiles.ts";

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000,50000,200000" },
    formats: { type: "string", default: "proto,json" },
    runs: { type: "string", default: "3" },
    million: { type: "boolean", default: false },
    patience: { type: "string", default: "60" },
    only: { type: "string", default: "page,receiving,backends" },
  },
});
const sizes = options.sizes.split(",").map(Number);
if (options.million) sizes.push(1_000_000);
const formats = options.formats.split(",") as Input[];
const runs = Number(options.runs);
const kinds = options.only.split(",");
const wrongKind = kinds.some((kind) => !["page", "receiving", "backends"].includes(kind));
const wrong = formats.filter((format) => !(format in inputs));
if (wrongKind || wrong.length > 0 || !(runs >= 1) || sizes.some((size) => !(size >= 100))) {
  console.error(
    "usage: node test/bench/run.ts [--only page,receiving,backends] [--sizes 1000,10000] [--formats proto,json] [--runs 3] [--million] [--patience 60]",
  );
  process.exit(2);
}

const dist = join(projectRoot, ".cache", "bench", "dist");
execFileSync(process.execPath, [join(projectRoot, "build.mjs"), "--production", `--out=${dist}`], {
  cwd: projectRoot,
  stdio: "ignore",
});
if (kinds.includes("page")) await page();
if (kinds.includes("receiving")) await receiving();
if (kinds.includes("backends")) await backends();

async function receiving(): Promise<void> {
  await quietMachine(Number(options.patience));
  const load = { seconds: 5, senders: 8, traces: 50 };
  console.log(`\n${receivingLines(await measureReceiving(join(dist, "local.cjs"), load))}\n`);
  await measureStore();
}

async function backends(): Promise<void> {
  await quietMachine(Number(options.patience));
  console.log(`\n${backendLines(await measureBackends(100_000, Math.max(5, runs), dist))}`);
}

async function page(): Promise<void> {
  const all: Measured[] = [];
  for (const spans of sizes) for (const format of formats) all.push(await measured(traceFile(spans, format)));
  console.log(
    `\nMedians of ${runs === 1 ? "1 run" : `${runs} runs`}, each in a new browser, on ${cpus().length} cores of ${cpus()[0]?.model}. Frames: how many a second, and what 95 % of them took at most. Heap: of the page's scripts (with the columns).\n`,
  );
  console.log(pageTable(all));
  console.log(`\nDecoding alone, in a warm thread:\n\n${decodeTable(all)}\n`);
  console.log(goalLines(all));
  const loudest = Math.max(...all.map(({ busy }) => busy));
  if (loudest > 0.25) {
    console.log(
      `\nOthers used up to ${loudest.toFixed(1)} cores of this machine meanwhile: times are too long, frames too few.`,
    );
  }
}

async function measured(file: TraceFile): Promise<Measured> {
  const pages: PageFigures[] = [];
  const decodes: DecodeFigures[] = [];
  let busy = 0;
  for (let run = 0; run < runs; run++) {
    busy = Math.max(busy, await quietMachine(Number(options.patience)));
    pages.push(await measurePage(file, dist));
    decodes.push(await measureDecode(file, dist));
    const { firstRows } = pages[pages.length - 1];
    console.error(
      `${file.spans} ${file.input}, run ${run + 1}: first rows after ${Math.round(firstRows)} ms`,
    );
  }
  return { file, page: medians(pages), decode: medians(decodes), busy };
}

/** The median of each figure, in figures of the same shape. */
function medians<T extends object>(list: readonly T[]): T {
  const of = (key: keyof T): unknown => {
    const values = list.map((each) => each[key]);
    return typeof values[0] === "number" ? median(values as number[]) : medians(values as object[]);
  };
  return Object.fromEntries(Object.keys(list[0]).map((key) => [key, of(key as keyof T)])) as T;
}
