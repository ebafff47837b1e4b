import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Memento } from "vscode";
import type { ProgramTracing } from "../../../src/editor/tracing/programTracing.ts";
import type { TracedDebugging } from "../../../src/editor/tracing/tracedDebugging.ts";
import type { TracedTerminals } from "../../../src/editor/tracing/tracedTerminals.ts";
import { tracedEnvironment } from "../../../src/model/tracedProgram.ts";
import { editor } from "../../support/fakeVscode.ts";

const fake = (await import("vscode")) as unknown as { window: Record<string, unknown> };
const { runWithTracing } = await import("../../../src/editor/tracing/runWithTracing.ts");

const launch = (name: string) => ({ name, type: "node", request: "launch" });

beforeEach(() => {
  editor.reset();
  editor.folder = "/shop";
});

/** What is offered, and what the choice starts; the icon of labels left out. */
async function run(choice: string): Promise<{ offered: readonly string[]; started: unknown[] | undefined }> {
  const tracing = { receiver: { endpoint: { http: "http://127.0.0.1:4318", grpc: undefined } } };
  const debugging = { traced: (task: () => unknown) => task() };
  editor.answer = () => `$(debug-alt) ${choice}`;
  await runWithTracing(
    tracing as unknown as ProgramTracing,
    debugging as unknown as TracedDebugging,
    {} as TracedTerminals,
    editor.memento() as unknown as Memento,
  );
  const offered = editor.asked[0].choices.map((label) => label.replace(/^\$\(.*?\) /, ""));
  return { offered, started: editor.commands.find(([name]) => name === "startDebugging") };
}

test("What a folder's launch.json has is started by its name, but for what it attaches to", async () => {
  editor.folderSettings.set("configurations", [launch("cart"), { ...launch("running"), request: "attach" }]);
  editor.folderSettings.set("compounds", [{ name: "all", configurations: ["cart"] }]);
  const { offered, started } = await run("all");
  assert.deepEqual(offered, ["cart", "all", "Start Debugging", "Open a Terminal"]);
  assert.equal(started?.[2], "all");
});

test("What a workspace file or the person's settings have is started as a whole: VS Code does not find it by its name", async () => {
  editor.workspaceSettings.set("configurations", [launch("of the workspace")]);
  editor.user.set("configurations", [launch("of the person")]);
  const { offered, started } = await run("of the person");
  assert.deepEqual(offered.slice(0, 2), ["of the workspace", "of the person"]);
  assert.deepEqual(started?.[2], launch("of the person"));
});

test("What a folder has is offered once, though it is the workspace's too where there is one folder", async () => {
  editor.folderSettings.set("configurations", [launch("cart")]);
  editor.workspaceSettings.set("configurations", [launch("cart")]);
  assert.deepEqual((await run("cart")).offered, ["cart", "Start Debugging", "Open a Terminal"]);
});

test("The receiver is started once it is chosen what to run; Escape leaves it as it was", async () => {
  const receiver = {
    get endpoint() {
      const isUp = editor.commands.some(([name]) => name === "traceline.startReceiver");
      return isUp ? { http: "http://127.0.0.1:4318", grpc: undefined } : undefined;
    },
    onChange: () => ({ dispose() {} }),
  };
  const runs = () =>
    runWithTracing(
      { receiver } as unknown as ProgramTracing,
      { traced: (task: () => unknown) => task() } as unknown as TracedDebugging,
      {} as TracedTerminals,
      editor.memento() as unknown as Memento,
    );
  await runs();
  assert.equal(editor.asked.length, 1);
  assert.equal(editor.commands.length, 0);
  editor.answer = () => {
    assert.equal(editor.commands.length, 0);
    return "$(debug-alt) Start Debugging";
  };
  await runs();
  assert.deepEqual(
    editor.commands.map(([name]) => name),
    ["traceline.startReceiver", "traceline.recent.focus", "workbench.action.debug.start"],
  );
});

for (const nonsense of [{}, "x", [null, 7, { name: 3 }]]) {
  test(`A launch.json whose configurations are ${JSON.stringify(nonsense)} offers none of them`, async () => {
    editor.folderSettings.set("configurations", nonsense);
    assert.deepEqual((await run("")).offered, ["Start Debugging", "Open a Terminal"]);
  });
}

test("A traced terminal has what its own profile sets, not what another does", async () => {
  const platform = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "osx" : "linux";
  editor.defaults.set("tracing.terminals", false);
  editor.set(`profiles.${platform}`, {
    mine: { env: { PYTHONPATH: "/mine" } },
    other: { env: { PYTHONPATH: "/other", OTEL_SERVICE_NAME: "other" } },
  });
  editor.set(`defaultProfile.${platform}`, "mine");
  const opened: { env?: Record<string, string> }[] = [];
  fake.window.createTerminal = (options: { env?: Record<string, string> }) => {
    opened.push(options);
    return { show() {} };
  };
  const endpoint = { http: "http://127.0.0.1:4318", grpc: undefined };
  const preload = { node: "/node.cjs", python: "/python" };
  const tracing = {
    receiver: { endpoint },
    environment: async (given: ReadonlyMap<string, string>, serviceName?: string) =>
      tracedEnvironment({ endpoint, given, serviceName, preload, delimiter: ":" }),
  };
  editor.answer = () => "$(terminal) Open a Terminal";
  await runWithTracing(
    tracing as unknown as ProgramTracing,
    {} as TracedDebugging,
    { applied: Promise.resolve() } as TracedTerminals,
    editor.memento() as unknown as Memento,
  );
  assert.equal(opened[0]?.env?.PYTHONPATH, "/python:/mine");
  assert.equal(opened[0]?.env?.OTEL_SERVICE_NAME, "shop");
});
