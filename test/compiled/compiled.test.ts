import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import esbuild, { type BuildOptions } from "esbuild";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { lineOf, run } from "../preload/program.ts";
import { type Workshop, workshop } from "./workshop.ts";

let shop: Workshop;
before(async () => {
  shop = await workshop();
});

/** What the span has when its line is found. */
const found = (folder: string, name = "Basket.total") => ({
  "code.file.path": join(folder, "src", "shop.ts"),
  "code.line.number": lineOf("shop.mts", "startSpan"),
  ...(name && { "code.function.name": name }),
});

async function tsc(folder: string, ...options: string[]): Promise<string> {
  const compiler = join(folder, "node_modules", "typescript", "bin", "tsc");
  const always = ["--outDir", "dist", "--rootDir", "src", "--noCheck", "--target", "es2022"];
  const args = [compiler, join("src", "shop.ts"), ...always, "--module", "node20", ...options];
  const { stdout, code } = await run(process.execPath, args, {}, folder);
  assert.equal(code, 0, stdout);
  return join(folder, "dist", "shop.js");
}

async function bundled(folder: string, options: BuildOptions = {}): Promise<string> {
  const outfile = join(folder, "dist", "shop.js");
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["src/shop.ts"],
    outfile,
    bundle: true,
    platform: "node",
    sourcemap: true,
    packages: "external",
    logLevel: "error",
    ...options,
  });
  return outfile;
}

async function swc(folder: string): Promise<string> {
  const { transformFileSync } = createRequire(join(folder, "x.js"))("@swc/core");
  const { code, map } = transformFileSync(join(folder, "src", "shop.ts"), {
    sourceMaps: true,
    // As its command names it.
    sourceFileName: "../src/shop.ts",
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "shop.js.map"), map);
  writeFileSync(join(folder, "dist", "shop.js"), `${code}\n//# sourceMappingURL=shop.js.map\n`);
  return join(folder, "dist", "shop.js");
}

async function webpack(folder: string, more: object = {}): Promise<string> {
  const pack = createRequire(join(folder, "x.js"))("webpack");
  const configuration = {
    context: folder,
    mode: "production",
    target: "node",
    devtool: "source-map",
    entry: "./src/shop.ts",
    output: { path: join(folder, "dist", "server"), filename: "shop.js", uniqueName: "shop" },
    resolve: { extensions: [".ts", ".js"] },
    module: { rules: [{ test: /\.ts$/, loader: "ts-loader", options: { transpileOnly: true } }] },
    ...more,
  };
  await new Promise<void>((done, fail) => {
    pack(configuration, (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) =>
      error || stats.hasErrors() ? fail(error ?? new Error(stats.toString())) : done(),
    );
  });
  return join(folder, "dist", "server", "shop.js");
}

async function rollup(folder: string): Promise<string> {
  const { rollup: roll } = createRequire(join(folder, "x.js"))("rollup");
  const typescript = {
    name: "typescript",
    transform: (code: string, id: string) =>
      esbuild.transform(code, { loader: "ts", sourcemap: true, sourcefile: id }),
  };
  const input = join(folder, "src", "shop.ts");
  const bundle = await roll({ input, external: /^@opentelemetry/, plugins: [typescript] });
  await bundle.write({ file: join(folder, "dist", "shop.mjs"), sourcemap: true });
  return join(folder, "dist", "shop.mjs");
}

/** Puts the map into the last line of the script, percent-encoded. */
async function percentEncoded(folder: string): Promise<string> {
  const script = await bundled(folder, { sourcemap: "external" });
  const map = encodeURIComponent(readFileSync(`${script}.map`, "utf8"));
  rmSync(`${script}.map`);
  appendFileSync(script, `//# sourceMappingURL=data:application/json;charset=utf-8,${map}\n`);
  return script;
}

/** The map as bundlers write it that join files they have maps of. */
async function inSections(folder: string): Promise<string> {
  const script = await bundled(folder);
  const map = JSON.parse(readFileSync(`${script}.map`, "utf8"));
  const text = readFileSync(script, "utf8");
  writeFileSync(script, `"use strict";\nfunction first() {}\n/* second */ ${text}`);
  const nothing = { version: 3, sources: [], names: [], mappings: "" };
  const sections = [
    { offset: { line: 0, column: 0 }, map: nothing },
    { offset: { line: 2, column: 13 }, map: { ...map, sourceRoot: "../src", sources: ["shop.ts"] } },
  ];
  writeFileSync(`${script}.map`, JSON.stringify({ version: 3, sections }));
  return script;
}

async function changedMap(folder: string, change: (map: Record<string, unknown>) => void): Promise<string> {
  const script = await bundled(folder);
  const map = JSON.parse(readFileSync(`${script}.map`, "utf8"));
  change(map);
  writeFileSync(`${script}.map`, JSON.stringify(map));
  return script;
}

describe("a compiled program has the line of its source", () => {
  const ways: readonly (readonly [string, (folder: string) => Promise<string>])[] = [
    ["by tsc, the map beside it", (folder) => tsc(folder, "--sourceMap")],
    ["by tsc, the map inline", (folder) => tsc(folder, "--inlineSourceMap")],
    ["by tsc, with a source root", (folder) => tsc(folder, "--sourceMap", "--sourceRoot", "../src")],
    ["by tsc for an old runtime", (folder) => tsc(folder, "--sourceMap", "--target", "es5")],
    ["by swc", swc],
    ["by esbuild, the map beside it", (folder) => bundled(folder)],
    ["by esbuild, the map inline", (folder) => bundled(folder, { sourcemap: "inline" })],
    ["by esbuild, the map percent-encoded", percentEncoded],
    ["by esbuild, with its packages", (folder) => bundled(folder, { packages: "bundle" })],
    ["by rollup, as an ES module", rollup],
    ["by webpack, whose sources are URLs of its own", (folder) => webpack(folder, { mode: "development" })],
    [
      "with sources named by file URLs",
      (folder) =>
        changedMap(folder, (map) => {
          map.sources = [`file://${encodeURI(join(folder, "src", "shop.ts"))}`];
        }),
    ],
    ["with a map in sections", inSections],
  ];
  for (const [title, compile] of ways) {
    test(title, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const folder = shop.project();
      const script = await compile(folder);
      for (const outcome of await shop.runAll([script])) assert.deepEqual(outcome, found(folder));
    });
  }

  for (const [title, compile] of [
    ["by esbuild, with its packages", (folder) => bundled(folder, { packages: "bundle", minify: true })],
    ["by webpack, with its packages", (folder) => webpack(folder)],
  ] as const satisfies readonly (readonly [string, (folder: string) => Promise<string>])[]) {
    test(`minified ${title}, and only names that its source has`, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const folder = shop.project();
      const script = await compile(folder);
      for (const outcome of await shop.runAll([script])) assert.deepEqual(outcome, found(folder, "total"));
    });
  }
});

describe("a compiled program has its own line", () => {
  const ways: readonly (readonly [string, (folder: string) => Promise<string>])[] = [
    ["without a map", (folder) => bundled(folder, { sourcemap: false })],
    [
      "with a map that is not there",
      async (folder) => {
        const script = await bundled(folder);
        rmSync(`${script}.map`);
        return script;
      },
    ],
    [
      "with a map that is a folder",
      async (folder) => {
        const script = await bundled(folder);
        rmSync(`${script}.map`);
        mkdirSync(`${script}.map`);
        return script;
      },
    ],
    [
      "with a map that is cut",
      async (folder) => {
        const script = await bundled(folder);
        writeFileSync(`${script}.map`, readFileSync(`${script}.map`, "utf8").slice(0, -9));
        return script;
      },
    ],
    [
      "with a map from a server",
      async (folder) => {
        const script = await bundled(folder, { sourcemap: false });
        appendFileSync(script, "//# sourceMappingURL=http://127.0.0.1:9/shop.js.map\n");
        return script;
      },
    ],
    [
      "with mappings that are none",
      (folder) =>
        changedMap(folder, (map) => {
          map.mappings = "A,é!";
        }),
    ],
    [
      "with sources that are not on this machine",
      async (folder) => {
        const script = await bundled(folder);
        renameSync(join(folder, "src"), join(folder, "gone"));
        return script;
      },
    ],
    [
      "with sources on a server",
      (folder) =>
        changedMap(folder, (map) => {
          map.sourceRoot = "https://127.0.0.1:9/src/";
        }),
    ],
  ];
  for (const [title, compile] of ways) {
    test(title, async (t) => {
      if (shop.missing) return skipOrFail(shop.missing, t);
      const script = await compile(shop.project());
      const lines = readFileSync(script, "utf8").split("\n");
      for (const outcome of await shop.runAll([script])) {
        assert.deepEqual(outcome, {
          "code.file.path": script,
          "code.line.number": lines.findIndex((line) => line.includes("startSpan(")) + 1,
          "code.function.name": "Basket.total",
        });
      }
    });
  }
});
