import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import esbuild from "esbuild";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { buildNodePreload, lineOf, type Outcome, program, run } from "./program.ts";
import { javascriptSdk, javascriptSdks } from "./tracingSdks.ts";

const folder = mkdtempSync(join(tmpdir(), "traceline-programs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let preload = "";
const sdks = new Map<string, string>();
let noSdk = "";
/** The Node of the tests, and that of the machine where it is another. */
const nodes = new Map([[process.version, process.execPath]]);

before(async () => {
  preload = await buildNodePreload();
  const path = (process.env.PATH ?? "")
    .split(":")
    .filter((entry) => !entry.includes("node_modules"))
    .join(":");
  const other = await run("node", ["-p", "process.version + ' ' + process.execPath"], { PATH: path }).catch(
    () => undefined,
  );
  const [version, executable] = other?.stdout.trim().split(" ") ?? [];
  if (executable) nodes.set(version, executable);
  for (const sdk of javascriptSdks) {
    await javascriptSdk(sdk).then(
      (place) => sdks.set(sdk, place),
      (error: Error) => {
        noSdk = `the SDKs cannot be installed here: ${error.message.split("\n")[0]}`;
      },
    );
  }
});

async function lines(node: string, args: readonly string[], env: Record<string, string>): Promise<unknown[]> {
  const { stdout, stderr, code } = await run(node, args, { NODE_OPTIONS: preload, ...env });
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const place = (text: string, name?: string) => ({
  "code.file.path": "here",
  "code.line.number": lineOf("spans.cjs", text),
  ...(name && { "code.function.name": name }),
});

describe("a program with OpenTelemetry", () => {
  for (const sdk of javascriptSdks) {
    test(`has its spans say where they were started: SDK ${sdk}`, async (t) => {
      if (noSdk) return skipOrFail(noSdk, t);
      for (const node of nodes.values()) {
        assert.deepEqual(await lines(node, [program("spans.cjs")], { SDK: sdks.get(sdk)! }), [
          place(`startSpan("load")`, "Cart.load"),
          place(`startSpan("reload")`, "Cart.reload"),
          place(`startActiveSpan("checkout"`, "checkout"),
          { "code.filepath": "cart.js" },
          place(`startSpan("in a callback")`),
        ]);
      }
    });
  }

  test("may be of ES modules", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    for (const node of nodes.values()) {
      const env = { SDK: sdks.get("2.12")! };
      const expected = {
        "code.file.path": true,
        "code.line.number": lineOf("spans.mjs", "startSpan"),
        "code.function.name": "pay",
      };
      assert.deepEqual(await lines(node, [program("spans.mjs")], env), [expected]);
    }
  });

  test("has the line that caused a span of an instrumentation, and no line where no code of its own did", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    for (const sdk of ["1.30", "2.12"]) {
      const { stdout, stderr } = await run(process.execPath, [program("request.cjs")], {
        NODE_OPTIONS: preload,
        SDK: sdks.get(sdk)!,
      });
      assert.deepEqual(
        stdout.trim().split("\n").sort(),
        [`client ${lineOf("request.cjs", "http.get")} askOwnServer`, "server none "],
        stderr,
      );
    }
  });

  for (const [title, packages] of [
    ["its own files", "external"],
    ["its packages too", "bundle"],
  ] as const) {
    test(`bundled from ${title}, names the source with --enable-source-maps`, async (t) => {
      if (noSdk) return skipOrFail(noSdk, t);
      const nodePath = join(sdks.get("2.12")!, "node_modules");
      const outfile = join(folder, `${packages}.cjs`);
      const entryPoints = [program("mapped.mts")];
      const { nodePaths, ...options } = {
        entryPoints,
        outfile,
        bundle: true,
        sourcemap: true,
        platform: "node" as const,
        format: "cjs" as const,
        logLevel: "error" as const,
        packages: packages as "external" | "bundle",
        nodePaths: [nodePath],
      };
      await esbuild.build({ ...options, nodePaths });
      for (const node of nodes.values()) {
        const args = ["--enable-source-maps", outfile];
        assert.deepEqual(await lines(node, args, { NODE_PATH: nodePath }), [
          {
            "code.file.path": "mapped.mts",
            "code.line.number": lineOf("mapped.mts", "startActiveSpan"),
            "code.function.name": "Basket.total",
          },
        ]);
      }
    });
  }

  test("has no lines when they are turned off", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    const env = { SDK: sdks.get("2.12")!, TRACELINE_CODE_LOCATIONS: "off" };
    const [first] = await lines(process.execPath, [program("spans.cjs")], env);
    assert.deepEqual(first, {});
  });

  test("starts a span in less than 20 µs more than without", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    for (const [version, node] of nodes) {
      const cost = async (env: Record<string, string>) =>
        Number((await run(node, [program("cost.cjs")], { SDK: sdks.get("2.12")!, ...env })).stdout);
      const without = await cost({});
      const withPlaces = await cost({ NODE_OPTIONS: preload });
      t.diagnostic(`Node ${version}: ${without.toFixed(2)} µs, with places ${withPlaces.toFixed(2)} µs`);
      assert.ok(withPlaces - without < 20, `${withPlaces} µs instead of ${without} µs`);
    }
  });
});

describe("a program runs as if nothing had been loaded before it", () => {
  async function both(node: string, args: readonly string[]): Promise<[Outcome, Outcome]> {
    return Promise.all([run(node, args), run(node, args, { NODE_OPTIONS: preload })]);
  }

  const programs: readonly (readonly [string, readonly string[], number])[] = [
    ["without OpenTelemetry", [program("plain.cjs")], 7],
    ["that ends with an error nobody catches", [program("plain.cjs"), "throw"], 7],
    ["with tracers of another kind, frozen, throwing or odd", [program("odd.cjs")], 0],
    ["with a syntax error", ["-e", "}"], 1],
    [
      "that is killed by its own exit",
      ["-e", "process.on('exit', () => { process.exitCode = 3 }); process.exit()"],
      3,
    ],
  ];
  for (const [title, args, code] of programs) {
    test(title, async () => {
      for (const node of nodes.values()) {
        const [without, withPreload] = await both(node, args);
        assert.equal(
          without.code,
          title.includes("nobody catches") ? withPreload.code : code,
          without.stderr,
        );
        assert.deepEqual(withPreload, without);
      }
    });
  }
});
