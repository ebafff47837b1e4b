import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
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

/** As much of the SDK as the preload looks for, and a package that starts a span for a program without one of its own. */
const sdk = `
import opentelemetry.sdk.names
class Span:
    def __init__(self):
        self.attributes = {}
    def is_recording(self):
        return True
    def set_attributes(self, more):
        self.attributes.update(more)
class Tracer:
    def start_span(self, name):
        return Span()
`;
const server = `
import json
from opentelemetry.sdk.trace import Tracer
print(json.dumps(Tracer().start_span("GET /").attributes))
`;
const started = `
import json, os, sys
from opentelemetry.sdk.trace import Tracer
os.chdir(os.path.dirname(os.path.abspath(__file__)))
place = Tracer().start_span("work").attributes
print(json.dumps([os.path.samefile(place["code.file.path"], sys.argv[1]), place["code.line.number"]]))
`;

describe("the place of a span is in the program's own code", () => {
  const home = join(folder, "places");
  const packages = join(home, "site-packages");
  const main = join(home, "main.py");
  const asking = join(home, "asking.py");
  const script = join(home, "user", "bin", "serve");
  const runner = join(home, "bundled", "libs", "debugpy", "runner.py");
  before(() => {
    for (const [path, text] of [
      [join(packages, "opentelemetry", "__init__.py"), ""],
      [join(packages, "opentelemetry", "sdk", "names.py"), ""],
      [join(packages, "opentelemetry", "sdk", "__init__.py"), ""],
      [join(packages, "opentelemetry", "sdk", "trace", "__init__.py"), sdk],
      [join(packages, "webserver.py"), server],
      [main, started],
      [asking, `import importlib.util\nimportlib.util.find_spec("opentelemetry.sdk.trace")${started}`],
      [script, "import webserver\n"],
      [runner, 'import runpy\nrunpy.run_module("webserver", run_name="__main__")\n'],
    ]) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
    }
  });

  const fromHere = (path: string) => [relative(process.cwd(), path), path];
  const user = { PYTHONUSERBASE: join(home, "user") };
  const cases: readonly (readonly [string, () => readonly string[], unknown])[] = [
    ["whose working folder has changed before its first span", () => fromHere(main), [true, 5]],
    ["that has asked whether there is an SDK before it imports it", () => fromHere(asking), [true, 6]],
    ["and a server's own start, beside the interpreter, is no such place", () => [script], {}],
    ["nor is the debugger's", () => [runner], {}],
  ];
  for (const [title, args, expected] of cases) {
    test(title, async (t) => {
      const able = [...pythons].filter(([version]) => version !== "2.7" && !/^3\.[4-7]$/.test(version));
      if (able.length === 0) return skipOrFail("there is no Python", t);
      for (const [version, command] of able) {
        const path = { PYTHONPATH: [preload, packages].join(delimiter), ...user };
        assert.deepEqual(await lines(command, args(), path), [expected], `Python ${version}`);
      }
    });
  }

  test("also when the SDK is in a zip file", async (t) => {
    if (pythons.size === 0) return skipOrFail("there is no Python", t);
    const zip = join(home, "packages.zip");
    const [command] = [...pythons.values()].slice(-1);
    assert.equal((await run(command, ["-m", "zipfile", "-c", zip, join(packages, "opentelemetry")])).code, 0);
    const path = { PYTHONPATH: [preload, zip].join(delimiter) };
    assert.deepEqual(await lines(command, fromHere(main), path), [[true, 5]]);
  });
});
