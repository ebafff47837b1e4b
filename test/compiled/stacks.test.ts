import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { lineOf } from "../preload/program.ts";
import { type Workshop, workshop } from "./workshop.ts";

let shop: Workshop;
before(async () => {
  shop = await workshop();
});

/** Starts a span, then shows stacks in the ways there are. */
const withStacks = `
export function fail(): never {
  console.log(new Error("told").stack);
  throw new TypeError("uncaught");
}
fail();
`;

describe("stacks that a program prints are the same when its spans have lines", () => {
  for (const [title, args] of [
    ["by ts-node", ["-r", "ts-node/register/transpile-only"]],
    ["by @babel/register", ["-r", "./babel.cjs"]],
    ["by tsx", ["--import", "tsx"]],
  ] as const) {
    test(title, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const folder = shop.project();
      writeFileSync(
        join(folder, "babel.cjs"),
        `require("@babel/register")({ extensions: [".ts"], presets: ["@babel/preset-typescript"],
          plugins: ["@babel/plugin-transform-modules-commonjs"] });`,
      );
      appendFileSync(join(folder, "src", "shop.ts"), withStacks);
      for (const { without, withPlaces } of await shop.runBoth([...args, "src/shop.ts"], folder)) {
        assert.match(without.stdout, /told\n {4}at fail \(.*shop\.ts:\d+:/);
        assert.deepEqual(
          { ...withPlaces, stdout: withPlaces.stdout.replace(/^\{.*\}\n/, "") },
          { ...without, stdout: without.stdout.replace(/^\{.*\}\n/, "") },
        );
        assert.match(withPlaces.stdout, /^\{"code.file.path":/);
      }
    });
  }
});

describe("a span has its line whatever the program does to", () => {
  const ways: readonly (readonly [string, string])[] = [
    ["stacks: a way to print them that throws", `() => { throw new Error("no"); }`],
    ["stacks: one that gives call sites", "(_error, frames) => frames"],
    ["stacks: one that names no file", `() => "Error\\n    at somewhere (/not/here.ts:7:7)"`],
    ["stacks: one that starts spans", `() => globalThis.again() + "\\n    at x (" + __filename + ":1:1)"`],
  ];
  for (const [title, way] of ways) {
    test(title, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const folder = shop.project();
      const file = join(folder, "odd.cjs");
      writeFileSync(
        file,
        `const { trace } = require("@opentelemetry/api");
const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
new NodeTracerProvider().register();
globalThis.again = () => String(trace.getTracer("shop").startSpan("again").isRecording());
const print = ${way};
Error.prepareStackTrace = print;
const { attributes } = trace.getTracer("shop").startSpan("here");
console.log(JSON.stringify({ ...attributes, same: Error.prepareStackTrace === print }));
`,
      );
      for (const outcome of await shop.runAll([file])) {
        // What is told of a file that exists is believed.
        const line = title.includes("starts spans") ? 1 : 7;
        assert.deepEqual(outcome, { "code.file.path": file, "code.line.number": line, same: true });
      }
    });
  }

  test("its source map, once it has a tracer: no span is longer by reading it", async (t) => {
    if (shop.missing) return skipOrFail(shop.missing, t);
    const folder = shop.project();
    const file = join(folder, "early.cjs");
    const map = { version: 3, sources: ["src/shop.ts"], mappings: "AAcA" };
    const code = [
      "const { rmSync, writeFileSync } = require('node:fs');",
      "const { trace } = require('@opentelemetry/api');",
      "new (require('@opentelemetry/sdk-trace-node').NodeTracerProvider)().register();",
      "const tracer = trace.getTracer('shop');",
      "rmSync(__filename + '.map');",
      "const { attributes } = tracer.startSpan('here');",
      `writeFileSync(__filename + '.map', '${JSON.stringify(map)}');`,
      "console.log(JSON.stringify(attributes));",
      "//# sourceMappingURL=early.cjs.map",
    ];
    writeFileSync(file, code.join("\n"));
    writeFileSync(`${file}.map`, JSON.stringify(map));
    for (const outcome of await shop.runAll([file])) {
      assert.deepEqual(outcome, {
        "code.file.path": join(folder, "src", "shop.ts"),
        "code.line.number": lineOf("shop.mts", "startSpan"),
      });
    }
  });

  test("the functions of fs, which are not called", async (t) => {
    if (shop.missing) return skipOrFail(shop.missing, t);
    const folder = shop.project();
    const code = [
      `const fs = require("node:fs");`,
      "let calls = 0;",
      "const spans = require('@opentelemetry/api').trace;",
      "new (require('@opentelemetry/sdk-trace-node').NodeTracerProvider)().register();",
      "for (const name of Object.keys(fs)) {",
      "  const original = fs[name];",
      "  if (typeof original === 'function') fs[name] = (...given) => { calls++; return original(...given); };",
      "}",
      "const { attributes } = spans.getTracer('shop').startSpan('here');",
      "const seen = calls;",
      "console.log(JSON.stringify({ ...attributes, seen }));",
      "//# sourceMappingURL=data:application/json,%7B%22version%22%3A3%2C%22sources%22%3A%5B%22src/shop.ts%22%5D%2C%22mappings%22%3A%22AAcA%22%7D",
    ];
    const file = join(folder, "wrapped.cjs");
    writeFileSync(file, code.join("\n"));
    for (const outcome of await shop.runAll([file])) {
      assert.deepEqual(outcome, {
        "code.file.path": join(folder, "src", "shop.ts"),
        "code.line.number": lineOf("shop.mts", "startSpan"),
        seen: 0,
      });
    }
  });
});
