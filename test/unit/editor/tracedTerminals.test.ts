import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { ExtensionContext } from "vscode";
import { Emitter } from "../../../src/base/event.ts";
import type { Log } from "../../../src/editor/log.ts";
import type { ProgramTracing } from "../../../src/editor/tracing/programTracing.ts";
import { tracedEnvironment } from "../../../src/model/tracedProgram.ts";
import { editor } from "../../support/fakeVscode.ts";

const { TracedTerminals } = await import("../../../src/editor/tracing/tracedTerminals.ts");

const endpoint = { http: "http://127.0.0.1:4318", grpc: undefined };

beforeEach(() => {
  editor.reset();
  editor.defaults.set("tracing.terminals", true);
  editor.defaults.set("tracing.tasks", true);
  editor.folder = "/shop";
});

/** The variables that new terminals are given, those of their folder after "folder/", and ways that are not VS Code's own. */
async function collected(ways: unknown[] = []): Promise<ReadonlyMap<string, string>> {
  const variables = new Map<string, string>();
  const collection = (scope: string) => {
    const keep = (name: string, value: string, way?: unknown) => {
      variables.set(scope + name, value);
      if (way !== undefined) ways.push(way);
    };
    return { clear() {}, replace: keep, append: keep, prepend: keep };
  };
  const context = {
    environmentVariableCollection: { ...collection(""), getScoped: () => collection("folder/") },
  } as unknown as ExtensionContext;
  const tracing = {
    receiver: { endpoint, onChange: new Emitter<void>().event },
    environment: async (given: ReadonlyMap<string, string>) =>
      tracedEnvironment({ endpoint, given, serviceName: undefined, preload: undefined, delimiter: ":" }),
  } as unknown as ProgramTracing;
  const log = { info() {}, error: (_: string, error: unknown) => assert.fail(String(error)) };
  const terminals = new TracedTerminals(context, tracing, log as unknown as Log);
  await terminals.applied;
  terminals.dispose();
  return variables;
}

test("Terminals are pointed at the receiver, and named as their folder", async () => {
  const variables = await collected();
  assert.equal(variables.get("OTEL_EXPORTER_OTLP_ENDPOINT"), endpoint.http);
  assert.equal(variables.get("folder/OTEL_SERVICE_NAME"), "shop");
});

test("What a task sets for itself is not overridden, which a collection would do", async () => {
  const env = { OTEL_SERVICE_NAME: "payments", OTEL_TRACES_EXPORTER: "none" };
  editor.set("tasks", [null, { label: "serve", options: { env } }, { label: "build", options: 7 }]);
  const variables = await collected();
  assert.equal(variables.get("OTEL_EXPORTER_OTLP_ENDPOINT"), endpoint.http);
  assert.equal(variables.has("OTEL_TRACES_EXPORTER"), false);
  assert.equal(variables.has("folder/OTEL_SERVICE_NAME"), false);
});

test("Terminals are left as they are when a task says where its traces go", async () => {
  editor.set("options", { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.invalid:4318" } });
  assert.equal((await collected()).size, 0);
});

test("Without tasks only shells with shell integration are pointed at the receiver, whatever a task sets", async () => {
  editor.set("tracing.tasks", false);
  editor.set("options", { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.invalid:4318" } });
  const ways: unknown[] = [];
  const variables = await collected(ways);
  assert.equal(variables.get("OTEL_EXPORTER_OTLP_ENDPOINT"), endpoint.http);
  assert.equal(ways.length, variables.size);
  for (const way of ways)
    assert.deepEqual(way, { applyAtProcessCreation: false, applyAtShellIntegration: true });
});
