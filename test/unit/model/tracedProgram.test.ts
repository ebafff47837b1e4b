import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  nodeRequireOption,
  type TracedProgram,
  tracedEnvironment,
  variablesOf,
} from "../../../src/model/tracedProgram.ts";

const http = "http://127.0.0.1:4318";
const grpc = "http://127.0.0.1:4317";
const preload = { node: "/home/me/my storage/node.cjs", python: "/home/me/my storage/python" };

function environment(given: Record<string, string> = {}, more: Partial<TracedProgram> = {}) {
  const map = new Map(Object.entries(given));
  return tracedEnvironment({
    endpoint: { http, grpc },
    given: map,
    serviceName: "shop",
    preload,
    delimiter: ":",
    ...more,
  });
}

test("a program with nothing set is pointed at the receiver", () => {
  const { set, prepend, append, note } = environment();
  assert.deepEqual(Object.fromEntries(set), {
    OTEL_EXPORTER_OTLP_ENDPOINT: http,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED: "true",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_BSP_SCHEDULE_DELAY: "500",
    OTEL_BLRP_SCHEDULE_DELAY: "500",
    OTEL_SERVICE_NAME: "shop",
  });
  assert.deepEqual(Object.fromEntries(append), {
    NODE_OPTIONS: ' --require "/home/me/my storage/node.cjs"',
  });
  assert.deepEqual(Object.fromEntries(prepend), { PYTHONPATH: "/home/me/my storage/python:" });
  assert.equal(note, "");
});

describe("a program that sends its traces elsewhere is left as it is", () => {
  const cases: readonly Record<string, string>[] = [
    { OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example" },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://collector.example/v1/traces" },
    { OTEL_TRACES_EXPORTER: "zipkin" },
    { OTEL_TRACES_EXPORTER: "none" },
    { OTEL_SDK_DISABLED: "TRUE" },
  ];
  for (const given of cases) {
    test(JSON.stringify(given), () => {
      const { set, prepend, append, note } = environment(given);
      assert.equal(set.size + prepend.size + append.size, 0);
      assert.ok(note.startsWith(Object.keys(given)[0]), note);
    });
  }
});

describe("what the person has set stays", () => {
  for (const [name, value] of [
    ["OTEL_METRICS_EXPORTER", "otlp"],
    ["OTEL_LOGS_EXPORTER", "none"],
    ["OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "false"],
    ["OTEL_TRACES_EXPORTER", "console,otlp"],
    ["OTEL_SERVICE_NAME", "cart"],
    ["OTEL_BSP_SCHEDULE_DELAY", "5000"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"],
  ]) {
    test(name, () => {
      const { set } = environment({ [name]: value });
      assert.equal(set.has(name), false);
      assert.equal(set.get("OTEL_EXPORTER_OTLP_ENDPOINT"), http);
    });
  }

  for (const exporter of ["none", "otlp"]) {
    test(`Python's logging, when the exporter of logs is set to ${exporter}`, () => {
      const { set } = environment({ OTEL_LOGS_EXPORTER: exporter });
      assert.equal(set.has("OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED"), false);
    });
  }

  test("a service name among the resource attributes is one", () => {
    const { set } = environment({ OTEL_RESOURCE_ATTRIBUTES: "team=a, service.name=cart" });
    assert.equal(set.has("OTEL_SERVICE_NAME"), false);
  });
});

for (const name of ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"]) {
  test(`a program that is told to speak gRPC by ${name} is given the address for it`, () => {
    assert.equal(environment({ [name]: "grpc" }).set.get("OTEL_EXPORTER_OTLP_ENDPOINT"), grpc);
    const { set, note } = environment({ [name]: "grpc" }, { endpoint: { http, grpc: undefined } });
    assert.equal(set.size, 0);
    assert.match(note, /grpc/);
  });
}

test("no preload is named when source lines are turned off", () => {
  for (const { append, prepend } of [
    environment({}, { preload: undefined }),
    environment({ TRACELINE_CODE_LOCATIONS: "off" }),
  ]) {
    assert.equal(append.size + prepend.size, 0);
  }
});

test("options and paths of the person's are kept beside ours", () => {
  const given = new Map([
    ["NODE_OPTIONS", "--max-old-space-size=4096"],
    ["PYTHONPATH", "src"],
  ]);
  const variables = variablesOf(environment(Object.fromEntries(given)), given);
  assert.equal(
    variables.get("NODE_OPTIONS"),
    '--max-old-space-size=4096 --require "/home/me/my storage/node.cjs"',
  );
  assert.equal(variables.get("PYTHONPATH"), "/home/me/my storage/python:src");
});

test("a variable that was empty has no separator at its end, which Python would take for the working folder", () => {
  const variables = variablesOf(environment(), new Map());
  assert.equal(variables.get("NODE_OPTIONS"), '--require "/home/me/my storage/node.cjs"');
  assert.equal(variables.get("PYTHONPATH"), "/home/me/my storage/python");
});

test("paths of Windows are quoted so that Node reads them back", () => {
  assert.equal(nodeRequireOption("C:\\Us er\\n.cjs"), '--require "C:\\\\Us er\\\\n.cjs"');
});

test("a path without blanks has no quotes, which the oldest Node takes for a part of it", () => {
  assert.equal(nodeRequireOption("/home/me/node.cjs"), "--require /home/me/node.cjs");
  assert.equal(nodeRequireOption("C:\\Users\\me\\n.cjs"), "--require C:\\Users\\me\\n.cjs");
});
