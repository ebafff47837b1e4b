import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  launchesProgram,
  serviceNameOf,
  variableFiles,
  variablesOfConfiguration,
  variablesOfFiles,
  withVariables,
} from "../../../src/editor/tracing/debugVariables.ts";
import {
  givenVariables,
  variablesOfFile,
  withoutTraced,
} from "../../../src/editor/tracing/givenVariables.ts";

const launch = { name: "gateway", type: "node", request: "launch" };

describe("a debug configuration launches a program that can be traced", () => {
  for (const [config, expected] of [
    [launch, true],
    [{ ...launch, type: "debugpy" }, true],
    [{ ...launch, type: "cppdbg" }, true],
    [{ ...launch, request: "attach" }, false],
    [{ ...launch, type: "chrome" }, false],
    [{ ...launch, type: "extensionHost" }, false],
  ] as const) {
    test(`${config.type}, ${config.request}: ${expected}`, () =>
      assert.equal(launchesProgram(config), expected));
  }
});

describe("variables go where the debugger looks for them, beside those of the person", () => {
  const variables = new Map([["OTEL_TRACES_EXPORTER", "otlp"]]);
  const cases: readonly (readonly [string, Record<string, unknown>, string, unknown])[] = [
    ["node", {}, "env", { OTEL_TRACES_EXPORTER: "otlp" }],
    ["python", { env: { A: "1" } }, "env", { A: "1", OTEL_TRACES_EXPORTER: "otlp" }],
    ["go", { env: "not an object" }, "env", { OTEL_TRACES_EXPORTER: "otlp" }],
    [
      "cppdbg",
      { environment: [{ name: "A", value: "1" }] },
      "environment",
      [
        { name: "A", value: "1" },
        { name: "OTEL_TRACES_EXPORTER", value: "otlp" },
      ],
    ],
    ["lldb-dap", { env: ["A=1", "OTEL_TRACES_EXPORTER=x"] }, "env", ["A=1", "OTEL_TRACES_EXPORTER=otlp"]],
    ["lldb-dap", { env: { A: "1" } }, "env", { A: "1", OTEL_TRACES_EXPORTER: "otlp" }],
  ];
  for (const [type, own, key, expected] of cases) {
    test(`${type} ${JSON.stringify(own)}`, () => {
      const config = { ...launch, ...own, type };
      const before = JSON.stringify(config);
      assert.deepEqual(withVariables(config, variables)[key], expected);
      assert.equal(JSON.stringify(config), before);
    });
  }
});

test("what a configuration has set is read in every form", () => {
  for (const [type, own] of [
    ["node", { env: { A: "1", B: null } }],
    ["cppdbg", { environment: [{ name: "A", value: "1" }, { name: "B", value: null }, 7] }],
  ] as const) {
    const given = givenVariables({ A: "0", C: "2" }, variablesOfConfiguration({ ...launch, type, ...own }));
    assert.equal(given.get("A"), "1");
    assert.equal(given.get("B"), "");
    assert.equal(given.get("C"), "2");
  }
  const listed = variablesOfConfiguration({ ...launch, type: "lldb-dap", env: ["A=1=2", "B="] });
  assert.deepEqual(listed, { A: "1=2", B: "" });
});

test("files of variables are read as debuggers read them; one that is not there counts for nothing", async () => {
  const unresolved = "$".concat("{workspaceFolder}/.env");
  const config = { ...launch, envFile: ["/a/.env", "/b/.env", unresolved] };
  assert.deepEqual(variableFiles(config), ["/a/.env", "/b/.env"]);
  const read = await variablesOfFiles(config, async (path) => {
    if (path === "/b/.env") throw new Error("ENOENT");
    return "# comment\nexport OTEL_SERVICE_NAME='cart service'\r\nA = b \nnot a line\nQ=\"x\"\n";
  });
  assert.deepEqual(read, [{}, { OTEL_SERVICE_NAME: "cart service", A: "b", Q: "x" }, {}]);
  const { __proto__: own } = variablesOfFile("__proto__=x") as { __proto__: unknown };
  assert.equal(own, "x");
});

describe("a line of a file of variables is read as", () => {
  for (const [line, expected] of [
    ["A=src # our code", "src"],
    ["A=src#fragment", "src"],
    ['A="a # b" # comment', "a # b"],
    ["A='one\ntwo' # comment\nB=3", "one\ntwo"],
    ['A="one\\ntwo"', "one\ntwo"],
    ["A='one\\ntwo'", "one\\ntwo"],
    ["A=`x`", "x"],
    ["A='it's'", "it's"],
    ["A=", ""],
    ["\uFEFFA=1", "1"],
    ["A='not closed", "'not closed"],
    ['A="{\\"a\\": 1}"', '{\\"a\\": 1}'],
  ] as const) {
    test(JSON.stringify(line), () => assert.equal(variablesOfFile(line).A, expected));
  }
});

describe("the service is named as its configuration, or as the folder when that says nothing", () => {
  for (const [name, expected] of [
    ["gateway", "gateway"],
    ["pricing (dev)", "pricing (dev)"],
    ["Launch Program", "shop"],
    ["Python Debugger: Current File", "shop"],
    [".NET Core Launch (web)", "shop"],
    ["", "shop"],
  ] as const) {
    test(JSON.stringify(name), () => assert.equal(serviceNameOf({ ...launch, name }, "shop"), expected));
  }
});

describe("what a traced terminal hands down to the window that is opened from it is not the person's", () => {
  const inherited = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    TRACELINE_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_SERVICE_NAME: "outer",
    TRACELINE_SERVICE_NAME: "outer",
    HOME: "/home/me",
  };
  const marks = { TRACELINE_ENDPOINT: "http://127.0.0.1:4318", TRACELINE_SERVICE_NAME: "outer" };
  for (const [what, environment, expected] of [
    ["as it was", inherited, { HOME: "/home/me", ...marks }],
    [
      "changed by the person",
      { ...inherited, OTEL_SERVICE_NAME: "mine" },
      { OTEL_SERVICE_NAME: "mine", HOME: "/home/me", ...marks },
    ],
    ["set by the person alone", { OTEL_SERVICE_NAME: "mine" }, { OTEL_SERVICE_NAME: "mine" }],
  ] as const) {
    test(what, () => assert.deepEqual(withoutTraced(environment), expected));
  }
});

describe("what the launchSettings.json of a .NET project sets is the person's", () => {
  const profile = (endpoint: string) => ({ environmentVariables: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
  const settings = JSON.stringify({ profiles: { http: profile("a"), https: profile("b"), broken: 7 } });
  const project = join("/shop", "cart");
  for (const [what, config, text, expected] of [
    ["in any profile", { cwd: project }, `\uFEFF${settings}`, "b"],
    ["in the profile that is used", { cwd: project, launchSettingsProfile: "http" }, settings, "a"],
    ["in a file that is no JSON, nothing", { cwd: project }, "{", undefined],
    ["in one without profiles, nothing", { cwd: project }, "[]", undefined],
    ["of another debugger, nothing", { cwd: project, type: "node" }, settings, undefined],
  ] as const) {
    test(what, async () => {
      const given = await variablesOfFiles({ ...launch, type: "coreclr", ...config }, async (path) => {
        assert.equal(path, join(project, "Properties", "launchSettings.json"));
        return text;
      });
      assert.equal(givenVariables(...given).get("OTEL_EXPORTER_OTLP_ENDPOINT"), expected);
    });
  }
});
