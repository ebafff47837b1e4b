#!/usr/bin/env node
// Checks that every place the recorded traces name is where the sources have it: after a change to the services,
// this fails until record.mjs has been run again.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import { functionAround } from "./tools/functions.mjs";
import { shopRoot } from "./tools/shop.mjs";
import { attribute, spansOf } from "./tools/traces.mjs";

const deployedRoot = "/srv/shop/";
const ownFrame =
  /(?:\/srv\/|example\.com\/)shop\/((?:gateway|pricing|inventory|payments|telemetry)\/[\w./]+)(?::|", line )(\d+)/g;
const problems = new Set();
let places = 0;

for (const file of ["traces/shop.otlp.jsonl", "traces/checkout-slow.otlp.json"]) {
  const text = readFileSync(join(shopRoot, file), "utf8");
  for (const folder of [homedir() + sep, shopRoot]) {
    if (text.includes(folder)) problems.add(`${file} names a folder of this machine`);
  }
  const documents = file.endsWith(".jsonl") ? text.trimEnd().split("\n") : [text];
  for (const span of spansOf(documents.map((document) => JSON.parse(document)))) {
    checkIds(span);
    checkSpan(span);
    for (const event of span.events ?? []) checkStack(span, attribute(event, "exception.stacktrace") ?? "");
  }
}

for (const problem of problems) console.error(problem);
console.log(`${places} places checked, ${problems.size} wrong`);
process.exitCode = problems.size > 0 ? 1 : 0;

function checkIds({ name, traceId, spanId }) {
  if (!/^[0-9a-f]{32}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId))
    problems.add(`${name}: ids are not hex`);
}

function checkSpan(span) {
  const path = attribute(span, "code.file.path");
  if (!path) return;
  if (!path.startsWith(deployedRoot)) problems.add(`${span.name}: ${path} is not under ${deployedRoot}`);
  const line = Number(attribute(span, "code.line.number"));
  checkPlace(span, path.slice(deployedRoot.length), line, attribute(span, "code.function.name"));
}

function checkStack(span, stack) {
  for (const [, path, line] of stack.matchAll(ownFrame)) checkPlace(span, path, Number(line));
}

function checkPlace(span, path, line, functionName) {
  places++;
  const place = `${span.name}: ${path}:${line}`;
  const file = join(shopRoot, path);
  if (!existsSync(file)) return problems.add(`${place} has no such file`);
  const lines = readFileSync(file, "utf8").split("\n");
  if (!lines[line - 1]?.trim()) return problems.add(`${place} has no such line`);
  if (!functionName) return;
  const found = functionAround(lines, line);
  const wanted = functionName.split(".").at(-1);
  if (found !== wanted) problems.add(`${place} is in ${found}, not in ${wanted}`);
}
