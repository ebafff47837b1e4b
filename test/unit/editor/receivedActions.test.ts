import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeTempFolder } from "../../../scripts/tempFolder.ts";
import type { Connection } from "../../../src/backends/backend.ts";
import type { Log } from "../../../src/editor/log.ts";
import { editor } from "../../support/fakeVscode.ts";

const { Receiver } = await import("../../../src/editor/received/receiver.ts");
const { receivedActions } = await import("../../../src/editor/received/receivedActions.ts");

/** A receiving thread for which port 9 is taken; it logs what else it is asked. */
const thread = `
  import { writeFileSync } from "node:fs";
  import { parentPort } from "node:worker_threads";
  const at = { http: "http://127.0.0.1:4318", grpc: "http://127.0.0.1:4317" };
  parentPort.on("message", ({ call, method, args }) => {
    const isTaken = method === "start" && args[0].httpPort === 9;
    const value = isTaken
      ? { role: "failed", reason: "Port 9 is in use by discard.", port: 9 }
      : method === "start" ? { role: "receiving", at } : method === "stop" ? { role: "off" }
      : method === "size" ? { traces: 2, spans: 2, bytes: 2 } : method === "exportTo" ? 2 : undefined;
    if (method === "exportTo" && args[0].includes("with.")) writeFileSync(args[0].replace("otlp", "logs"), "");
    if (method === "start") parentPort.postMessage({ tell: "log", args: ["start at " + args[0].httpPort] });
    if (method === "pin") parentPort.postMessage({ tell: "log", args: [method + " " + args.join()] });
    parentPort.postMessage({ answer: call, value });
  });
`;

const { configuration } = JSON.parse(
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
).contributes;

/** A window with a receiver and an active connection, what it logs, and what failed. */
async function scene(t: TestContext, active = "Received traces") {
  editor.reset();
  for (const { properties } of [configuration].flat())
    for (const [name, { default: value }] of Object.entries(
      properties as Record<string, { default: unknown }>,
    ))
      editor.defaults.set(name.replace("traceline.", ""), value);
  const folder = await makeTempFolder("actions");
  const file = join(folder.path, "thread.mjs");
  await writeFile(file, thread);
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    error: (line: string, error: unknown) => void lines.push(`${line} ${error}`),
  } as unknown as Log;
  const receiver = new Receiver(
    file,
    { fsPath: folder.path } as never,
    () => Promise.reject(new Error("nothing is decoded")),
    log,
  );
  t.after(async () => {
    await receiver.close();
    receiver.dispose();
    await folder.remove();
  });
  const failures: unknown[] = [];
  const connections = {
    active: active === "" ? undefined : ({ name: active } as Connection),
    async activate(name: string) {
      connections.active = { name } as Connection;
    },
  };
  const follow = { isOn: false };
  const actions = receivedActions(
    receiver,
    connections,
    () => {},
    (error) => void failures.push(error),
    () => follow.isOn,
  );
  return { folder: folder.path, follow, receiver, actions, connections, lines, failures };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !isSo(); ) {
    assert.ok(Date.now() < end, `Within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const asked = (text: string) => editor.asked.filter((one) => one.text.includes(text));

test("A port that is taken when a changed setting starts the receiver again is told as when it is started", async (t) => {
  const { receiver, actions, failures } = await scene(t);
  await actions.start(true);
  let standing = () => {};
  editor.answer = ({ text }) =>
    text.includes("Port 9")
      ? new Promise((resolve) => {
          standing = () => resolve("Use Free Ports");
        })
      : undefined;
  editor.set("receiver.httpPort", 9);
  await until("it is told", () => asked("Port 9").length === 1);
  assert.deepEqual(asked("Port 9")[0].choices, ["Use Free Ports", "Retry", "Open Settings"]);
  assert.equal(receiver.state.role, "failed");
  editor.set("received.maxAge", 24);
  await new Promise((resolve) => setTimeout(resolve, 800));
  assert.equal(asked("Port 9").length, 1, "The message still stands");
  standing();
  await until("it receives elsewhere", () => receiver.state.role === "receiving");
  assert.deepEqual(failures, []);
});

test("A receiver that runs stays at the free ports that it was started at when it is started once more", async (t) => {
  const { receiver, actions, lines } = await scene(t);
  editor.set("receiver.httpPort", 9);
  editor.answer = ({ text }) => (text.includes("Port 9") ? "Use Free Ports" : undefined);
  await actions.start(true);
  assert.equal(receiver.state.role, "receiving");
  await actions.start(true);
  await actions.start(false);
  assert.equal(receiver.state.role, "receiving");
  assert.deepEqual(
    lines.filter((line) => line.startsWith("start")),
    ["start at 9", "start at 0"],
  );
});

test("What else keeps the receiver from starting again is told too", async (t) => {
  const { actions, failures } = await scene(t);
  await actions.start(true);
  editor.set("receiver.httpPort", -1);
  await until("it is told", () => failures.length === 1);
  assert.match(String(failures[0]), /traceline\.receiver\.httpPort is -1, which is no port/);
});

test("A limit below the least is told once, however often the receiver starts", async (t) => {
  const { actions, lines } = await scene(t);
  editor.set("received.maxSize", 0);
  await actions.start(true);
  await actions.stop();
  await actions.start(true);
  const text = "The setting traceline.received.maxSize is 0, which is too little: 16 is used instead.";
  assert.equal(asked(text).length, 1);
  assert.equal(lines.filter((line) => line === text).length, 1);
});

test("Pinning a received trace is told to the store whether or not this window receives; others are none of its", async (t) => {
  const { actions, lines } = await scene(t);
  actions.pin({ kind: "connection", connection: "Received traces", traceId: "a1" }, false);
  actions.pin({ kind: "connection", connection: "staging", traceId: "b2" }, true);
  actions.pin({ kind: "file", path: "/a.json", traceId: "c3" }, true);
  await until("the thread was asked", () => lines.includes("pin a1,false"));
  assert.deepEqual(
    lines.filter((line) => line.startsWith("pin")),
    ["pin a1,false"],
  );
});

for (const quietly of [false, true]) {
  test(`Started ${quietly ? "by Run with Tracing" : "by its command"}, it says that its connection is active now, and leads back to the one before`, async (t) => {
    const { actions, connections } = await scene(t, "staging");
    let activeThen = "";
    editor.answer = ({ text }) => {
      if (!text.includes("instead of staging")) return undefined;
      activeThen = connections.active?.name ?? "";
      return "Switch Back";
    };
    await actions.start(quietly);
    await until("the one before is active again", () => connections.active?.name === "staging");
    assert.equal(activeThen, "Received traces");
    assert.equal(editor.asked.length, 1, "One message says it all");
  });
}

for (const active of ["", "Received traces"]) {
  test(`Where ${active === "" ? "no connection" : "its own"} was active, a quiet start says nothing`, async (t) => {
    const { actions, connections } = await scene(t, active);
    await actions.start(true);
    assert.equal(connections.active?.name, "Received traces");
    assert.deepEqual(editor.asked, []);
  });
}

test("The receiver's actions say whether the newest trace is followed", async (t) => {
  const { actions, follow } = await scene(t);
  await actions.start(true);
  await actions.choose();
  follow.isOn = true;
  await actions.choose();
  const [off, on] = editor.asked.map(({ choices }) => choices.find((label) => label.includes("Newest")));
  assert.deepEqual([off, on], ["$(eye) Follow Newest Trace", "$(eye) Stop Following Newest Trace"]);
});

for (const hasLogs of [true, false]) {
  test(`An export says ${hasLogs ? "where its log records are" : "that it has none, though an older file of some is there"}`, async (t) => {
    const { actions, folder } = await scene(t);
    const file = join(folder, hasLogs ? "with.otlp.jsonl" : "without.otlp.jsonl");
    if (!hasLogs) await writeFile(join(folder, "without.logs.jsonl"), "of before");
    editor.answer = ({ text }) => (text.startsWith("Export as") ? file : undefined);
    await actions.exportTraces(undefined);
    const said = editor.asked.at(-1)?.text ?? "";
    if (hasLogs)
      assert.match(said, /^Exported 2 traces to with\.otlp\.jsonl, the log records to with\.logs\.jsonl\./);
    else assert.match(said, /^Exported 2 traces to without\.otlp\.jsonl, which have no log records\./);
  });
}

test("A port that is taken leaves the active connection as it is", async (t) => {
  const { actions, connections } = await scene(t, "staging");
  editor.set("receiver.httpPort", 9);
  await actions.start(true);
  assert.equal(connections.active?.name, "staging");
});
