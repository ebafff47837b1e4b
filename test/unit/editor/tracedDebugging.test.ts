import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { DebugConfiguration, WorkspaceFolder } from "vscode";
import type { Log } from "../../../src/editor/log.ts";
import type { ProgramTracing } from "../../../src/editor/tracing/programTracing.ts";
import { tracedEnvironment } from "../../../src/model/tracedProgram.ts";
import { editor } from "../../support/fakeVscode.ts";

const { TracedDebugging } = await import("../../../src/editor/tracing/tracedDebugging.ts");

const platform = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "osx" : "linux";
const endpoint = { http: "http://127.0.0.1:4318", grpc: "http://127.0.0.1:4317" };
const preload = { node: "/storage/node.cjs", python: "/storage/python" };
const folder = { name: "shop", index: 0, uri: { scheme: "file", fsPath: "/shop" } } as WorkspaceFolder;
const reference = (what: string) => `$\{${what}}`;

beforeEach(() => {
  editor.reset();
  editor.defaults.set("tracing.debugSessions", true);
});

/** What a session of this configuration is started with, by Run with Tracing or by F5. */
async function resolved(config: Record<string, unknown>, isAsked = false): Promise<DebugConfiguration> {
  const tracing = {
    receiver: { endpoint },
    environment: async (given: ReadonlyMap<string, string>, serviceName?: string) =>
      tracedEnvironment({ endpoint, given, serviceName, preload, delimiter: ":" }),
  } as unknown as ProgramTracing;
  const log = {
    info() {},
    error: (_: string, error: unknown) => assert.fail(String(error)),
  } as unknown as Log;
  const debugging = new TracedDebugging(tracing, log);
  const whole = { name: "cart", type: "debugpy", request: "launch", ...config };
  const task = () => debugging.resolveDebugConfigurationWithSubstitutedVariables(folder, whole);
  return isAsked ? debugging.traced(task) : task();
}

describe("a session in a terminal keeps what the terminal's settings give its program", () => {
  beforeEach(() =>
    editor.set(`env.${platform}`, {
      PYTHONPATH: `${reference("workspaceFolder")}/src:${reference("env:TRACELINE_TEST_LIBRARIES")}`,
      NODE_OPTIONS: "--max-old-space-size=4096",
      OTEL_SERVICE_NAME: "named in the settings",
    }),
  );

  test("beside the preloads, and its names", async () => {
    process.env.TRACELINE_TEST_LIBRARIES = "/libraries";
    const { env } = await resolved({}).finally(() => delete process.env.TRACELINE_TEST_LIBRARIES);
    assert.equal(env.PYTHONPATH, "/storage/python:/shop/src:/libraries");
    assert.match(env.NODE_OPTIONS, /--max-old-space-size=4096 --require \/storage\/node\.cjs$/);
    assert.equal(env.OTEL_SERVICE_NAME, undefined);
    assert.equal(env.OTEL_EXPORTER_OTLP_ENDPOINT, endpoint.http);
  });

  test("but for options that the debugger for Node would have replaced", async () => {
    const { env } = await resolved({ type: "node", console: "integratedTerminal" });
    assert.equal(env.NODE_OPTIONS.includes("--max-old-space-size"), false);
    assert.equal(env.OTEL_SERVICE_NAME, undefined);
  });

  test("and is left alone when they send its traces elsewhere", async () => {
    editor.set(`env.${platform}`, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.invalid:4318" });
    assert.equal((await resolved({ console: "integratedTerminal" })).env, undefined);
  });

  test("and not what is in no terminal", async () => {
    const { env } = await resolved({ console: "internalConsole" });
    assert.equal(env.PYTHONPATH?.includes("/shop/src"), false);
    assert.equal(env.OTEL_SERVICE_NAME, "cart");
  });
});

test("A path that refers to what is not known is not put in the place of what the program would have got", async () => {
  const { env } = await resolved({ env: { PYTHONPATH: reference("command:python.path") } });
  assert.equal(env.PYTHONPATH, reference("command:python.path"));
  assert.equal(env.OTEL_TRACES_EXPORTER, "otlp");
});

test("What a debugger has copied of a traced terminal's environment is not what the person has set", async () => {
  const outer = "http://127.0.0.1:9999";
  const { env } = await resolved({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: outer, TRACELINE_ENDPOINT: outer } });
  assert.equal(env.OTEL_EXPORTER_OTLP_ENDPOINT, endpoint.http);
});

test("A session that has no name is called as its folder", async () => {
  assert.equal((await resolved({ name: undefined })).env.OTEL_SERVICE_NAME, "shop");
});

test("Run with Tracing says why a program is left as it is; F5 does not", async () => {
  const env = { OTEL_TRACES_EXPORTER: "zipkin" };
  await resolved({ env });
  assert.equal(editor.asked.length, 0);
  await resolved({ env }, true);
  assert.match(editor.asked[0].text, /^cart is left as it is: OTEL_TRACES_EXPORTER is zipkin/);
});
