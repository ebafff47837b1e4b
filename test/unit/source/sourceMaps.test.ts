import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { locate } from "../../../src/source/locate.ts";
import type { Resolution, ResolveOptions } from "../../../src/source/resolution.ts";
import { resolve } from "../../../src/source/resolve.ts";
import { frameCandidates, stackLinks } from "../../../src/source/stackLinks.ts";
import { lineMap, mapText, type Segment } from "./mapText.ts";
import { MemoryFiles, type Texts, textOfLines } from "./memoryFiles.ts";
import { tracedSpans } from "./tracedSpans.ts";

const never = new AbortController().signal;
const plain: ResolveOptions = { mappings: [], remembered: { chosen: () => undefined } };

interface Asked {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly function?: string;
  readonly service?: string;
}

function resolved(asked: Asked, files: MemoryFiles, options = plain): Promise<Resolution> {
  const attributes: Record<string, string | number> = { "code.file.path": asked.path };
  if (asked.line !== undefined) attributes["code.line.number"] = asked.line;
  if (asked.column !== undefined) attributes["code.column.number"] = asked.column;
  if (asked.function !== undefined) attributes["code.function.name"] = asked.function;
  const span = tracedSpans([{ name: "x", attributes, service: asked.service ?? "" }]);
  return resolve(locate(span, 0), files, options, never);
}

/** `src/x.ts:4 sure`, or `none`. */
function shown({ location, confidence, choices }: Resolution): string {
  const place = ({ file, line }: { file: string; line: number }) =>
    `${decodeURIComponent(file.replace("file:///w/", ""))}:${line}`;
  if (location !== undefined) return `${place(location)} ${confidence}`;
  if (choices.length > 0) return `choose ${choices.map((choice) => place(choice.location)).join(" ")}`;
  return confidence;
}

async function where(asked: Asked, files: MemoryFiles, options = plain): Promise<string> {
  return shown(await resolved(asked, files, options));
}

const linked = (script: string, map: string) => `${script}\n//# sourceMappingURL=${map}`;
/** Lines 2 and 3 of the script are 12 and 20 of the source; line 1 is of nothing. */
const ofLines = (source: string, more = {}) => lineMap([0, 12, 20], source, more);
const script = (map = "x.js.map") => linked(textOfLines(3), map);
const source = textOfLines(40, { 10: "function load() {" });

function built(texts: Texts, sources: Texts = { "src/x.ts": source }): MemoryFiles {
  return new MemoryFiles(sources, [], texts);
}

suite("A place in a compiled file leads to its source", () => {
  const dist = () => built({ "dist/x.js": script(), "dist/x.js.map": ofLines("../src/x.ts") });

  const paths: [string, string][] = [
    ["as the workspace has it", "/w/dist/x.js"],
    ["in a container", "/app/dist/x.js"],
    ["relative", "dist/x.js"],
    ["as a file URL", "file:///usr/src/app/dist/x.js"],
    ["of Windows", "C:\\app\\dist\\x.js"],
    ["below a service's name alone", "/shop/x.js"],
  ];
  for (const [title, path] of paths) {
    test(`named by a path ${title}`, async () =>
      assert.equal(await where({ path, line: 3, service: "shop" }, dist()), "src/x.ts:20 sure"));
  }

  test("and says by which line of which file", async () => {
    const { reason } = await resolved({ path: "/app/dist/x.js", line: 3 }, dist());
    assert.equal(
      reason,
      "code.file.path and code.line.number; the last 2 parts of the path agree; dist/x.js:3 by its source map",
    );
  });

  test("with the time at which the map was written", async () => {
    const files = dist();
    files.written.set("dist/x.js.map", 5_000);
    assert.equal((await resolved({ path: "/app/dist/x.js", line: 3 }, files)).mapped?.writtenMs, 5_000);
  });

  test("by the column where there is one, else by the line's first mapping", async () => {
    const map = mapText(
      [
        [
          [0, 0, 4, 0],
          [20, 0, 30, 6],
        ],
      ],
      ["../src/x.ts"],
    );
    const files = () => built({ "dist/x.js": linked("a".repeat(50), "x.js.map"), "dist/x.js.map": map });
    assert.equal(await where({ path: "dist/x.js", line: 1 }, files()), "src/x.ts:5 sure");
    assert.equal(await where({ path: "dist/x.js", line: 1, column: 31 }, files()), "src/x.ts:31 sure");
  });

  test("with whether its line has code of many source lines, as minified code has", async () => {
    const isMinified = async (lines: readonly number[], sources: readonly string[]) => {
      const segments = lines.map((line, i): Segment => [10 * i, i % sources.length, line - 1, 0]);
      const files = built({
        "dist/x.js": linked("a".repeat(90), "x.js.map"),
        "dist/x.js.map": mapText([segments], sources),
      });
      return (await resolved({ path: "dist/x.js", line: 1, column: 1 }, files)).mapped?.isMinified;
    };
    assert.equal(await isMinified([5], ["../src/x.ts"]), false);
    assert.equal(await isMinified([5, 9, 5, 7], ["../src/x.ts"]), false);
    assert.equal(await isMinified([5, 80], ["../src/x.ts"]), true);
    assert.equal(await isMinified([5, 5], ["../src/x.ts", "../src/y.ts"]), true);
  });

  test("where it is in the index as well as where it is not", async () => {
    const files = new MemoryFiles({
      "lib/x.js": script(),
      "lib/x.js.map": ofLines("../src/x.ts"),
      "src/x.ts": source,
    });
    assert.equal(await where({ path: "/app/lib/x.js", line: 2 }, files), "src/x.ts:12 sure");
  });

  test("rather than a source of the same name, when the path says that it was built", async () => {
    const sources = { "src/x.js": textOfLines(40) };
    const files = () => built({ "dist/x.js": script(), "dist/x.js.map": ofLines("../src/x.js") }, sources);
    assert.equal(await where({ path: "/app/dist/x.js", line: 2 }, files()), "src/x.js:12 sure");
    assert.equal(await where({ path: "/app/src/x.js", line: 2 }, files()), "src/x.js:2 sure");
  });

  test("by a path mapping", async () => {
    const files = built(
      { "cart/dist/x.js": script(), "cart/dist/x.js.map": ofLines("../src/x.ts") },
      { "cart/src/x.ts": source, "pay/src/x.ts": source },
    );
    const options = { ...plain, mappings: [{ from: "/app/lib", to: "cart/dist" }] };
    assert.equal(await where({ path: "/app/lib/x.js", line: 2 }, files, options), "cart/src/x.ts:12 sure");
  });

  test("at the function that the span names when the line is no longer in it", async () => {
    const files = built(
      { "dist/x.js": script(), "dist/x.js.map": lineMap([0, 300], "../src/x.ts") },
      { "src/x.ts": textOfLines(400, { 10: "function load() {" }) },
    );
    const answer = await resolved({ path: "dist/x.js", line: 2, function: "load" }, files);
    assert.equal(shown(answer), "src/x.ts:10 likely");
    assert.deepEqual(answer.mapped, { writtenMs: undefined, isMinified: false });
  });

  test("at its line when the function's name is one that only the minified code has", async () => {
    assert.equal(await where({ path: "dist/x.js", line: 2, function: "e" }, dist()), "src/x.ts:12 sure");
    assert.equal(await where({ path: "dist/x.js", line: 2, function: "t9k" }, dist()), "src/x.ts:12 sure");
  });

  test("through two maps where a bundle was made of compiled files", async () => {
    const files = built({
      "out/app.js": linked(textOfLines(9), "app.js.map"),
      "out/app.js.map": lineMap([0, 0, 0, 0, 2], "../dist/x.js"),
      "dist/x.js": script(),
      "dist/x.js.map": ofLines("../src/x.ts"),
    });
    const answer = await resolved({ path: "/srv/out/app.js", line: 5 }, files);
    assert.equal(shown(answer), "src/x.ts:12 sure");
    assert.match(answer.reason, /out\/app\.js:5 by its source map; dist\/x\.js:2 by its source map$/);
  });

  test("by its function when only the file is named", async () => {
    assert.equal(await where({ path: "dist/x.js", function: "load" }, dist()), "src/x.ts:10 likely");
  });

  test("in a frame of a stack trace", async () => {
    const stack = "Error: x\n    at load (/app/node_modules/a/x.js:2:1)\n    at load (/app/dist/x.js:3:5)";
    const { links, language } = stackLinks(stack, "nodejs");
    const answers = links.map(async ({ frame }) =>
      shown(await resolve(frameCandidates(frame, "", language), dist(), plain, never)),
    );
    assert.deepEqual(await Promise.all(answers), ["none", "src/x.ts:20 sure"]);
  });
});

suite("The map of a compiled file", () => {
  const found: [string, Texts][] = [
    [
      "is the one that its last line names",
      { "dist/x.js": script("maps/x.map"), "dist/maps/x.map": ofLines("../../src/x.ts") },
    ],
    [
      "is named as a part of a URL",
      { "dist/x.js": script("a%20b.map"), "dist/a b.map": ofLines("../src/x.ts") },
    ],
    [
      "is the one beside it when the last line names none",
      { "dist/x.js": textOfLines(3), "dist/x.js.map": ofLines("../src/x.ts") },
    ],
    [
      "is the one beside it when the last line names one elsewhere",
      { "dist/x.js": script("https://cdn.example/x.js.map"), "dist/x.js.map": ofLines("../src/x.ts") },
    ],
    [
      "is in the file",
      {
        "dist/x.js": script(
          `data:application/json;base64,${Buffer.from(ofLines("../src/x.ts")).toString("base64")}`,
        ),
      },
    ],
    [
      "names its source below a root",
      { "dist/x.js": script(), "dist/x.js.map": ofLines("x.ts", { sourceRoot: "../src" }) },
    ],
    [
      "names its source by a path of another machine",
      { "dist/x.js": script(), "dist/x.js.map": ofLines("/ci/shop/src/x.ts") },
    ],
    [
      "names its source as webpack does",
      { "dist/x.js": script(), "dist/x.js.map": ofLines("webpack://shop/./src/x.ts") },
    ],
    [
      "names its source as Turbopack does",
      { "dist/x.js": script(), "dist/x.js.map": ofLines("turbopack:///[project]/src/x.ts") },
    ],
    ["names its source with a query", { "dist/x.js": script(), "dist/x.js.map": ofLines("../src/x.ts?v=1") }],
    [
      "names its source from where it was built",
      { "dist/x.js": script(), "dist/x.js.map": ofLines("../../../src/x.ts") },
    ],
  ];
  for (const [title, texts] of found) {
    test(title, async () =>
      assert.equal(await where({ path: "/app/dist/x.js", line: 2 }, built(texts)), "src/x.ts:12 sure"),
    );
  }

  test("means the source of its own package where several packages have one of that name", async () => {
    const texts = { "pay/dist/x.js": script(), "pay/dist/x.js.map": ofLines("webpack://pay/./src/x.ts") };
    const files = built(texts, { "cart/src/x.ts": source, "pay/src/x.ts": source });
    assert.equal(await where({ path: "/app/dist/x.js", line: 2 }, files), "pay/src/x.ts:12 sure");
  });

  const ignored: [string, Texts, string][] = [
    [
      "has nothing for the line",
      { "dist/x.js": script(), "dist/x.js.map": ofLines("../src/x.ts") },
      "dist/x.js:1 sure",
    ],
    [
      "has more lines than the file",
      { "dist/x.js": script(), "dist/x.js.map": lineMap([5, 6, 7, 8, 9, 10], "../src/x.ts") },
      "dist/x.js:1 sure",
    ],
    [
      "names a source that is not in the workspace",
      { "dist/x.js": script(), "dist/x.js.map": lineMap([5], "../src/gone.ts") },
      "dist/x.js:1 sure",
    ],
    [
      "names the compiled file as its own source",
      { "dist/x.js": script(), "dist/x.js.map": lineMap([3], "x.js") },
      "dist/x.js:1 sure",
    ],
  ];
  for (const [title, texts, expected] of ignored) {
    test(`that ${title} leaves the line as it is`, async () => {
      const files = built(texts, { "src/y.ts": source });
      assert.equal(await where({ path: "/app/dist/x.js", line: 1 }, files), expected);
    });
  }

  test("that the script does not name is of an older build when the script was written after it", async () => {
    const files = built(
      { "dist/x.js": textOfLines(3), "dist/x.js.map": ofLines("../src/y.ts") },
      { "src/y.ts": source },
    );
    files.written.set("dist/x.js", 1_000_000);
    assert.equal(await where({ path: "/app/dist/x.js", line: 2 }, files), "dist/x.js:2 sure");
    files.written.set("dist/x.js.map", 999_000);
    assert.equal(await where({ path: "/app/dist/x.js", line: 2 }, files), "src/y.ts:12 sure");
  });

  test("that is not there leaves the source of the same name, as a guess", async () => {
    assert.equal(
      await where({ path: "/app/dist/x.js", line: 2 }, built({ "dist/x.js": script() })),
      "src/x.ts:1 guess",
    );
  });

  test("that is not there leaves the compiled file where it has no source", async () => {
    const files = built({ "dist/x.js": script() }, { "src/y.ts": source });
    assert.equal(await where({ path: "/app/dist/x.js", line: 2 }, files), "dist/x.js:2 sure");
  });

  test("that leads to a library leads nowhere, and the next frame counts", async () => {
    const map = mapText([[[0, 0, 4, 0]], [[0, 1, 7, 0]]], ["../node_modules/pg/lib/query.js", "../src/x.ts"]);
    const files = () =>
      built({ "dist/app.js": linked(textOfLines(3), "app.js.map"), "dist/app.js.map": map });
    const answer = await resolved({ path: "/app/dist/app.js", line: 1 }, files());
    assert.equal(shown(answer), "none");
    assert.match(answer.reason, /is of a library, by its source map/);
    const stack = "Error: x\n    at q (/app/dist/app.js:1:1)\n    at load (/app/dist/app.js:2:1)";
    const span = tracedSpans([{ name: "x", attributes: { "code.stacktrace": stack } }]);
    assert.equal(shown(await resolve(locate(span, 0), files(), plain, never)), "src/x.ts:8 sure");
  });

  test("is not looked for in what a library has compiled", async () => {
    const files = built({ "dist/x.js": script(), "dist/x.js.map": ofLines("../src/x.ts") });
    assert.equal(await where({ path: "/app/node_modules/a/dist/x.js", line: 2 }, files), "none");
  });
});

suite("Compiled files of several packages", () => {
  const files = () =>
    built(
      {
        "cart/dist/index.js": script("index.js.map"),
        "cart/dist/index.js.map": ofLines("../src/index.ts"),
        "pay/dist/index.js": script("index.js.map"),
        "pay/dist/index.js.map": ofLines("../src/index.ts"),
      },
      { "cart/src/index.ts": source, "pay/src/index.ts": textOfLines(40) },
    );
  const path = "/app/dist/index.js";

  test("are told apart by the service's folder", async () =>
    assert.equal(await where({ path, line: 2, service: "pay" }, files()), "pay/src/index.ts:12 likely"));

  test("are told apart by the function that stands there", async () =>
    assert.equal(await where({ path, line: 2, function: "load" }, files()), "cart/src/index.ts:12 likely"));

  test("are else a choice among the sources, which is remembered", async () => {
    const answer = await resolved({ path, line: 2 }, files());
    assert.equal(shown(answer), "choose cart/src/index.ts:12 pay/src/index.ts:12");
    const chosen = (key: string) => (key === answer.key ? "file:///w/pay/src/index.ts" : undefined);
    assert.equal(
      await where({ path, line: 2 }, files(), { ...plain, remembered: { chosen } }),
      "pay/src/index.ts:12 sure",
    );
  });

  test("that come from one source are one place", async () => {
    const both = built({
      "dist/esm/x.js": script(),
      "dist/esm/x.js.map": ofLines("../../src/x.ts"),
      "dist/cjs/x.js": script(),
      "dist/cjs/x.js.map": ofLines("../../src/x.ts"),
    });
    assert.equal(await where({ path: "/srv/x.js", line: 2 }, both), "src/x.ts:12 sure");
  });
});

suite("What a compiler has written", () => {
  const folder = mkdtempSync(join(tmpdir(), "maps-"));
  after(() => rmSync(folder, { recursive: true }));
  const code = [
    "// A comment that no build keeps.",
    "export interface Cart { readonly id: string }",
    "",
    "export async function load(id: string): Promise<Cart> {",
    "  const wanted: string = id ?? `none`;",
    '  if (wanted === "") throw new Error("no cart");',
    "  return { id: wanted };",
    "}",
    "",
    'load("7").then((cart) => console.log(cart?.id));',
  ].join("\n");
  const thrown = 6;
  writeIn("src/cart.ts", code);
  const tsc = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

  function writeIn(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  async function checkBuilt(out: string): Promise<void> {
    const texts: Record<string, string> = {};
    for (const name of readdirSync(join(folder, out))) {
      texts[`${out}/${name}`] = readFileSync(join(folder, out, name), "utf8");
    }
    const name = Object.keys(texts).find((path) => path.endsWith(".js")) ?? "";
    const lines = texts[name].split("\n");
    const line = lines.findIndex((text) => text.includes("no cart")) + 1;
    const column = lines[line - 1].indexOf("Error(") + 1;
    const answer = await resolved(
      { path: `/app/${name}`, line, column },
      built(texts, { "src/cart.ts": code }),
    );
    assert.equal(shown(answer), `src/cart.ts:${thrown} sure`);
  }

  test("is mapped: TypeScript's own", () => {
    const options = [
      "--outDir",
      "tsc",
      "--sourceMap",
      "--target",
      "es2017",
      "--module",
      "commonjs",
      "--ignoreConfig",
    ];
    execFileSync(process.execPath, [tsc, ...options, "src/cart.ts"], { cwd: folder });
    return checkBuilt("tsc");
  });

  const variants: [string, Parameters<typeof buildSync>[0]][] = [
    ["esbuild's, file by file", { sourcemap: "linked" }],
    ["esbuild's, minified", { sourcemap: "linked", minify: true }],
    ["esbuild's, a bundle with its map inside", { sourcemap: "inline", bundle: true }],
    ["esbuild's, with a map that nothing names", { sourcemap: "external", minify: true, bundle: true }],
  ];
  for (const [i, [title, options]] of variants.entries()) {
    test(`is mapped: ${title}`, () => {
      const entryPoints = [join(folder, "src/cart.ts")];
      buildSync({ ...options, entryPoints, outdir: join(folder, `es${i}`), logLevel: "error" });
      return checkBuilt(`es${i}`);
    });
  }
});
