import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { inProject } from "../../scripts/projectRoot.ts";
import type { ProgramLanguage } from "../../src/editor/tracing/programLanguage.ts";
import { sourceLineWays } from "../../src/editor/tracing/sourceLineSnippets.ts";
import { zeroCodeSetups } from "../../src/editor/tracing/zeroCodeSetups.ts";
import { run } from "./program.ts";
import { javascriptSdk, pythonSdk } from "./tracingSdks.ts";

const folder = mkdtempSync(join(tmpdir(), "traceline-snippets-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function snippet(language: ProgramLanguage): string {
  const way = sourceLineWays[language].find(({ label }) => label === "Span processor");
  assert.ok(way);
  return readFileSync(inProject("media", "snippets", way.file), "utf8");
}

test("every snippet that is offered is there, and says what it does first", () => {
  const ways = Object.values(sourceLineWays).flat();
  const files = [...ways.map(({ file }) => file), ...Object.values(zeroCodeSetups).map(({ code }) => code)];
  for (const file of files.filter((name) => name !== "")) {
    assert.ok(readFileSync(inProject("media", "snippets", file), "utf8").length > 100, file);
  }
  assert.deepEqual(Object.keys(sourceLineWays), Object.keys(zeroCodeSetups));
});

test("the span processor offered for Node puts the line on a span", async (t) => {
  const sdk = await javascriptSdk("2.12").catch((error: Error) => error);
  if (sdk instanceof Error) return skipOrFail(`the SDK cannot be installed here: ${sdk.message}`, t);
  const file = join(folder, "shop.cjs");
  const program = `${snippet("Node.js")}
const { trace } = require("@opentelemetry/api");
const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
new NodeTracerProvider({ spanProcessors: [new SourceLines()] }).register();
function load() { return trace.getTracer("shop").startSpan("load"); } // here
console.log(JSON.stringify(load().attributes));
`;
  writeFileSync(file, program);
  const { stdout, stderr } = await run(process.execPath, [file], { NODE_PATH: join(sdk, "node_modules") });
  assert.deepEqual(
    JSON.parse(stdout || "null"),
    { "code.file.path": file, "code.line.number": lineOf(program), "code.function.name": "load" },
    stderr,
  );
});

test("the one for Node finds the line of a module below many frames of packages, in a folder whose name has blanks", async (t) => {
  const sdk = await javascriptSdk("2.12").catch((error: Error) => error);
  if (sdk instanceof Error) return skipOrFail(`the SDK cannot be installed here: ${sdk.message}`, t);
  const home = join(folder, "my #1 shop");
  const file = join(home, "shop.mjs");
  const program = `${snippet("Node.js")}
import { createRequire } from "node:module";
const require = createRequire(${JSON.stringify(join(sdk, "package.json"))});
const { trace } = require("@opentelemetry/api");
const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
new NodeTracerProvider({ spanProcessors: [new SourceLines()] }).register();
const { below } = createRequire(import.meta.url)("deep");
function load() { return below(20, () => trace.getTracer("shop")); } // here
console.log(JSON.stringify(load().attributes));
`;
  const deep =
    'exports.below = (n, tracer) => n > 0 ? exports.below(n - 1, tracer) : tracer().startSpan("load");\n';
  mkdirSync(join(home, "node_modules"), { recursive: true });
  writeFileSync(file, program);
  writeFileSync(join(home, "node_modules", "deep.js"), deep);
  const { stdout, stderr } = await run(process.execPath, [file]);
  assert.deepEqual(
    JSON.parse(stdout || "null"),
    { "code.file.path": file, "code.line.number": lineOf(program), "code.function.name": "load" },
    stderr,
  );
});

test("the span processor offered for Python puts the line on a span", async (t) => {
  const python = await pythonSdk().catch((error: Error) => error);
  if (python instanceof Error) return skipOrFail(`the SDK cannot be installed here: ${python.message}`, t);
  const file = join(folder, "shop.py");
  const program = `${snippet("Python")}
import json
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SourceLines())
def load():
    return trace.get_tracer("shop").start_span("load")  # here
print(json.dumps(dict(load().attributes)))
`;
  writeFileSync(file, program);
  const { stdout, stderr } = await run(python, [file]);
  assert.deepEqual(
    JSON.parse(stdout || "null"),
    { "code.file.path": file, "code.line.number": lineOf(program), "code.function.name": "load" },
    stderr,
  );
});

test("the one for Python takes no server's own script for the program's code", async (t) => {
  const python = await pythonSdk().catch((error: Error) => error);
  if (python instanceof Error) return skipOrFail(`the SDK cannot be installed here: ${python.message}`, t);
  const file = join(folder, "serve");
  const program = `${snippet("Python")}
import json
from opentelemetry.sdk.trace import TracerProvider
provider = TracerProvider()
provider.add_span_processor(SourceLines())
print(json.dumps(dict(provider.get_tracer("server").start_span("GET /").attributes)))
`;
  writeFileSync(file, program);
  const { stdout, stderr } = await run(python, [file]);
  assert.deepEqual(JSON.parse(stdout || "null"), {}, stderr);
});

function lineOf(program: string): number {
  return program.split("\n").findIndex((line) => line.endsWith(" here")) + 1;
}
