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
const startsSpan = /\b(?:inSpan|serveSpan|callJson|query|in_span|serve_span)\(/;
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
  const text = checkPlace(span, path.slice(deployedRoot.length), line, attribute(span, "code.function.name"));
  if (text && !startsSpan.test(text)) problems.add(`${span.name}: ${path}:${line} does not start a span`);
}

function checkStack(span, stack) {
  for (const [, path, line] of stack.matchAll(ownFrame)) checkPlace(span, path, Number(line));
}

/** Returns the text of the line, or an empty one when there is none. */
function checkPlace(span, path, line, functionName) {
  places++;
  const place = `${span.name}: ${path}:${line}`;
  const file = join(shopRoot, path);
  if (!existsSync(file)) {
    problems.add(`${place} has no such file`);
    return "";
  }
  const lines = readFileSync(file, "utf8").split("\n");
  const text = lines[line - 1]?.trim() ?? "";
  if (text === "") problems.add(`${place} has no such line`);
  const wanted = functionName?.split(".").at(-1);
  const found = text && functionAround(lines, line);
  if (wanted && found !== wanted) problems.add(`${place} is in ${found || "no function"}, not in ${wanted}`);
  return text;
}
