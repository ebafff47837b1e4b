import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { inProject } from "../../scripts/projectRoot.ts";
import { lineOf, program, run } from "./program.ts";
import { pythonSdk } from "./tracingSdks.ts";

const preload = inProject("media", "preload", "python");
const folder = mkdtempSync(join(tmpdir(), "traceline-programs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let python = "";
let noSdk = "";
/** Every Python that is found by name, the oldest first. */
const pythons = new Map<string, string>();

before(async () => {
  for (const version of ["2.7", ...Array.from({ length: 11 }, (_, i) => `3.${i + 4}`)]) {
    const found = await run(`python${version}`, ["-c", "import sys; print(sys.executable)"], {
      PYENV_VERSION: `${version}:system`,
    }).catch(() => undefined);
    if (found?.code === 0) pythons.set(version, found.stdout.trim());
  }
  const usual = await run("python3", ["-c", "import sys; print(sys.executable)"]).catch(() => undefined);
  if (usual?.code === 0) pythons.set("3", usual.stdout.trim());
  await pythonSdk().then(
    (path) => {
      python = path;
    },
    (error: Error) => {
      noSdk = `the SDK cannot be installed here: ${error.message.split("\n")[0]}`;
    },
  );
});

async function lines(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<unknown[]> {
  const { stdout, stderr, code } = await run(command, args, { PYTHONPATH: `${preload}${delimiter}`, ...env });
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const place = (text: string, name?: string) => ({
  "code.file.path": "here",
  "code.line.number": lineOf("spans.py", text),
  ...(name && { "code.function.name": name }),
});

describe("a Python program with OpenTelemetry", () => {
  test("has its spans say where they were started", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    const [load, checkout, own, lambda, inPath] = await lines(python, [program("spans.py")]);
    const [major, minor] = (await run(python, ["-V"])).stdout.replace("Python ", "").split(".").map(Number);
    const qualified = major > 3 || minor >= 11;
    assert.deepEqual(load, place(`start_span("load")`, qualified ? "Cart.load" : "load"));
    assert.deepEqual(checkout, place(`start_as_current_span("checkout")`, "checkout"));
    assert.deepEqual(own, { "code.filepath": "cart.py" });
    assert.deepEqual(lambda, place(`start_span("in a lambda")`));
    assert.equal(inPath, false);
  });

  test("has lines under opentelemetry-instrument too, and in the programs it starts", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    const env = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
    const instrument = python.replace(/python$/, "opentelemetry-instrument");
    const line = lineOf("instrumented.py", "start_span");
    assert.deepEqual(await lines(instrument, [python, program("instrumented.py")], env), [line, line]);
  });

  test("has no lines when they are turned off", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    const [first] = await lines(python, [program("spans.py")], { TRACELINE_CODE_LOCATIONS: "off" });
    assert.deepEqual(first, {});
  });

  test("starts a span in less than 30 µs more than without", async (t) => {
    if (noSdk) return skipOrFail(noSdk, t);
    const cost = async (env: Record<string, string>) =>
      Number((await run(python, [program("cost.py")], env)).stdout);
    const without = await cost({});
    const withPlaces = await cost({ PYTHONPATH: preload });
    t.diagnostic(`${without.toFixed(2)} µs, with places ${withPlaces.toFixed(2)} µs`);
    assert.ok(withPlaces - without < 30, `${withPlaces} µs instead of ${without} µs`);
  });
});

describe("a Python program runs as if nothing had been loaded before it", () => {
  const own = join(folder, "own");
  const broken = join(folder, "broken");
  before(() => {
    mkdirSync(own);
    mkdirSync(broken);
    writeFileSync(join(own, "sitecustomize.py"), "import sys\nmark = 1\nsys.stdout.write('own\\n')\n");
    writeFileSync(join(broken, "sitecustomize.py"), "raise RuntimeError('broken')\n");
  });

  const cases: readonly (readonly [string, readonly string[], () => readonly string[]])[] = [
    ["without OpenTelemetry", [program("plain.py")], () => []],
    ["that ends with an error", [program("plain.py"), "raise"], () => []],
    ["whose path was set", [program("plain.py")], () => [folder]],
    [
      "with a sitecustomize of its own",
      ["-c", "import sitecustomize; print(sitecustomize.mark)"],
      () => [own],
    ],
    ["with a sitecustomize that fails", ["-c", "print(1)"], () => [broken]],
    ["that ignores the environment", ["-I", program("plain.py")], () => []],
  ];
  for (const [title, args, path] of cases) {
    test(title, async (t) => {
      if (pythons.size === 0) return skipOrFail("there is no Python", t);
      t.diagnostic(`Python ${[...pythons.keys()].join(", ")}`);
      for (const [version, command] of pythons) {
        if (version === "2.7" && args[0] === "-I") continue;
        const set = path();
        const without = await run(command, args, set.length === 0 ? {} : { PYTHONPATH: set.join(delimiter) });
        const value = [preload, ...(set.length === 0 ? [""] : set)].join(delimiter);
        const withPreload = await run(command, args, { PYTHONPATH: value });
        assert.deepEqual(withPreload, without, `Python ${version}`);
      }
    });
  }
});
