import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { lineOf } from "../preload/program.ts";
import { type Workshop, workshop } from "./workshop.ts";

let shop: Workshop;
before(async () => {
  shop = await workshop();
});

/** Registers Babel for TypeScript. */
const babel = `require("@babel/register")({
  extensions: [".ts"],
  presets: ["@babel/preset-typescript"],
  plugins: ["@babel/plugin-transform-modules-commonjs"],
});
`;
/** Runs TypeScript with its types cut out, and tells nobody what was where. */
const silentLoader = `const { readFileSync } = require("node:fs");
const { transpileModule } = require("typescript");
require.extensions[".ts"] = (module, file) => {
  const { outputText } = transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: { module: "commonjs", target: "es2022" },
  });
  module._compile(outputText, file);
};
`;

interface Way {
  readonly title: string;
  readonly args: readonly string[];
  readonly type?: "module";
  readonly since?: number;
  readonly below?: number;
}

const ways: readonly Way[] = [
  { title: "ts-node", args: ["-r", "ts-node/register/transpile-only"] },
  {
    title: "ts-node for ES modules, with --enable-source-maps",
    args: ["--enable-source-maps", "--loader", "ts-node/esm/transpile-only"],
    type: "module",
  },
  { title: "tsx", args: ["--import", "tsx"] },
  { title: "tsx for CommonJS alone", args: ["-r", "tsx/cjs"] },
  { title: "tsx for ES modules", args: ["--import", "tsx"], type: "module" },
  { title: "@swc-node/register", args: ["-r", "@swc-node/register"] },
  {
    title: "@swc-node/register for ES modules, with --enable-source-maps",
    args: ["--enable-source-maps", "--import", "@swc-node/register/esm-register"],
    type: "module",
  },
  { title: "@babel/register", args: ["-r", "./babel.cjs"] },
  { title: "esbuild-register", args: ["-r", "esbuild-register"] },
  { title: "Node itself", args: [], type: "module", since: 22 },
  { title: "Node itself, transforming", args: ["--experimental-transform-types"], type: "module", since: 22 },
];

describe("a program whose TypeScript is compiled in memory has its line", () => {
  for (const { title, args, type, since, below } of ways) {
    test(`by ${title}`, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const folder = shop.project(type);
      writeFileSync(join(folder, "babel.cjs"), babel);
      const all = ["--no-warnings", ...args, "src/shop.ts"];
      for (const outcome of await shop.runAll(all, { cwd: folder, since, below })) {
        assert.deepEqual(outcome, {
          "code.file.path": join(folder, "src", "shop.ts"),
          "code.line.number": lineOf("shop.mts", "startSpan"),
          "code.function.name": "Basket.total",
        });
      }
    });
  }

  for (const { title, args, type, since, below } of [
    { title: "a loader that tells nobody its source maps", args: ["-r", "./silent.cjs"] },
    {
      title: "ts-node for ES modules, in a thread of its own",
      args: ["--loader", "ts-node/esm/transpile-only"],
      type: "module",
    },
  ] as readonly Way[]) {
    test(`or none at all, where nobody knows it: by ${title}`, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const folder = shop.project(type);
      writeFileSync(join(folder, "silent.cjs"), silentLoader);
      const all = ["--no-warnings", ...args, "src/shop.ts"];
      for (const outcome of await shop.runAll(all, { cwd: folder, since, below })) {
        assert.deepEqual(outcome, {
          "code.file.path": join(folder, "src", "shop.ts"),
          "code.function.name": "Basket.total",
        });
      }
    });
  }
});
