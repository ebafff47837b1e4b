import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream, existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Worker } from "node:worker_threads";
import { makeTempFolder } from "../../../../scripts/tempFolder.ts";
import { createFileSource } from "../../../../src/backends/file.ts";
import { ReceivingStation } from "../../../../src/backends/local/receivingStation.ts";
import type { StationOptions, StationState } from "../../../../src/backends/local/station.ts";
import { Database } from "../../../../src/backends/local/store/database.ts";
import { acquireLease, leaseHolder, releaseLease } from "../../../../src/backends/local/store/lease.ts";
import { storePath } from "../../../../src/backends/local/store/storeFile.ts";
import { logsPath } from "../../../../src/backends/logsPath.ts";
import type { TraceSummary } from "../../../../src/model/summary.ts";
import { decodeHere } from "../../../contract/faults/decodeHere.ts";
import { freePorts } from "../../../support/freePort.ts";
import { loopbackStation } from "../../../support/loopbackStation.ts";

const traceId = "5b8efff798038103d269b633813fc60c";

const options: StationOptions = {
  ...loopbackStation,
  maxBodyBytes: 1 << 20,
  limits: { maxSpans: 10_000, maxBytes: 64 << 20, maxAgeHours: 24 },
};

/** A station in a folder of its own, and what it told. */
async function station(t: TestContext, folder = "") {
  const place = folder === "" ? (await makeTempFolder("station")).path : folder;
  const told = {
    states: [] as StationState[],
    traces: [] as TraceSummary[],
    notices: [] as string[],
    exported: () => {},
  };
  const made = new ReceivingStation(place, {
    stateChanged: (state) => told.states.push(state),
    tracesChanged: (summaries) => told.traces.push(...summaries),
    notice: (text) => told.notices.push(text),
    log: () => {},
    exported: () => told.exported(),
  });
  t.after(() => made.close());
  return { made, told, folder: place };
}

async function send(state: StationState, path: string, body: object): Promise<Response> {
  assert.equal(state.role, "receiving");
  const { http } = (state as Extract<StationState, { role: "receiving" }>).at;
  return fetch(`${http}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function spans(id = traceId, name = "GET /cart") {
  const start = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: id,
    spanId: "eee19b7ec3c1b174",
    name,
    kind: 2,
    startTimeUnixNano: `${start}`,
    endTimeUnixNano: `${start + 5_000_000n}`,
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "test" }, spans: [span] }] }] };
}

function logs() {
  const record = {
    timeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
    severityNumber: 13,
    severityText: "WARN",
    body: { stringValue: "stock is low" },
    traceId,
    spanId: "eee19b7ec3c1b174",
  };
  return { resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords: [record] }] }] };
}

async function until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = 5000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `Within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("What is sent is told, found, and read back with its log records", async (t) => {
  const { made, told } = await station(t);
  const state = await made.start(options);
  assert.equal((await send(state, "/v1/traces", spans())).status, 200);
  assert.equal((await send(state, "/v1/logs", logs())).status, 200);
  await until("the trace is told", () => told.traces.some((summary) => summary.traceId === traceId));
  const found = await made.search({
    service: "cart",
    operation: "",
    tags: new Map(),
    minDurationNs: 0,
    maxDurationNs: 0,
    fromMs: 0,
    toMs: Date.now() + 60_000,
    limit: 20,
  });
  assert.deepEqual(
    found.summaries.map((summary) => [summary.traceId, summary.rootName, summary.spans]),
    [[traceId, "GET /cart", 1]],
  );
  assert.ok((await made.spans(traceId))!.length > 0);
  await until("its record is read", async () => (await made.logs(traceId, 0n)).records.length === 1);
  const { records, omitted } = await made.logs(traceId, 0n);
  const [record] = records;
  assert.equal(omitted, 0);
  assert.deepEqual([record.body, record.severity, record.spanId], ["stock is low", 13, "eee19b7ec3c1b174"]);
});

for (const host of ["0.0.0.0", "127.0.0.2"]) {
  test(`A receiver that listens on ${host} takes what is sent to the address it gives`, async (t) => {
    const { made } = await station(t);
    const state = await made.start({ ...options, hosts: [host] });
    assert.equal((await send(state, "/v1/traces", spans())).status, 200);
  });
}

test("A port that another program has is a state that names it, and nothing moves", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const { made } = await station(t);
  const state = await made.start({ ...options, httpPort: port });
  assert.equal(state.role, "failed");
  const { reason, port: taken } = state as Extract<StationState, { role: "failed" }>;
  assert.equal(taken, port);
  assert.match(reason, new RegExp(`Port ${port} is in use by .*process ${process.pid}`));
});

test("A second window reads what the first receives, and takes over when that is closed", async (t) => {
  const first = await station(t);
  const receiving = await first.made.start(options);
  const second = await station(t, first.folder);
  const reading = await second.made.start(options);
  assert.deepEqual(reading, {
    role: "reading",
    at: (receiving as Extract<StationState, { role: "receiving" }>).at,
    process: process.pid,
  });
  await send(receiving, "/v1/traces", spans());
  await until("the second hears of it", () =>
    second.told.traces.some((summary) => summary.traceId === traceId),
  );
  await first.made.stop();
  await until("the second receives", () => second.told.states.at(-1)?.role === "receiving", 2000);
  const other = "a".repeat(32);
  await send(second.told.states.at(-1)!, "/v1/traces", spans(other));
  await until("both traces are there", async () => (await second.made.known([traceId, other])).length === 2);
});

test("A window whose port is taken when it is to take over waits for it, and receives once it is free", async (t) => {
  const [port, grpcPort] = await freePorts(2);
  const first = await station(t);
  await first.made.start({ ...options, httpPort: port, grpcPort });
  const second = await station(t, first.folder);
  await second.made.start({ ...options, httpPort: port, grpcPort });
  // As of a window that hangs: its lease is over, and its port is not free.
  const other = createServer();
  t.after(() => other.close());
  second.told.states.length = 0;
  const taken = first.made.stop();
  const grab = () => other.listen(port, "127.0.0.1");
  other.on("error", () => setTimeout(grab, 1));
  grab();
  await taken;
  const { told } = second;
  await until("the second says what is in the way", () => told.states.at(-1)?.role === "failed");
  assert.match((told.states.at(-1) as { reason: string }).reason, /in use by .* goes on here as soon as/);
  await new Promise((resolve) => other.close(resolve));
  await until("the second receives", () => second.told.states.at(-1)?.role === "receiving");
});

test("A window that reads learns where the one receives that took over", async (t) => {
  const first = await station(t);
  await first.made.start(options);
  const others = [await station(t, first.folder), await station(t, first.folder)];
  for (const { made } of others) await made.start(options);
  await first.made.stop();
  const last = (role: string) =>
    others.map(({ told }) => told.states.at(-1)!).find((state) => state.role === role);
  const at = (state: StationState | undefined) =>
    (state as Extract<StationState, { role: "reading" }> | undefined)?.at;
  await until("both name the same address", () => {
    const address = at(last("receiving"));
    return address !== undefined && at(last("reading"))?.http === address.http;
  });
});

test("A window that loses the lease again before it could receive reads, and receives once it is free", async (t) => {
  const { made, told, folder } = await station(t);
  const state = await made.start(options);
  const { http } = (state as Extract<StationState, { role: "receiving" }>).at;
  // A request that does not end has the window take its time to stop receiving.
  const stuck = request(`${http}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 100 },
  });
  stuck.on("error", () => {});
  t.after(() => stuck.destroy());
  stuck.write("{");
  await once(stuck, "socket");
  const patience = 20_000;
  const holder = JSON.stringify({ pid: process.pid, at: { http: "", grpc: "" } });
  const take = () => {
    const answer = acquireLease(folder, holder, 60_000, { isGone: () => true });
    assert.ok(answer.acquired);
    return answer.token;
  };
  const first = take();
  await until("it stops receiving", async () => !(await isOpen(http)), patience);
  releaseLease(folder, first);
  await until("it has the lease again", () => leaseHolder(folder) !== undefined, patience);
  const second = take();
  await until("it reads", () => told.states.at(-1)?.role === "reading", patience);
  releaseLease(folder, second);
  await until("it receives", () => told.states.at(-1)?.role === "receiving", patience);
  assert.deepEqual(
    told.states.filter(({ role }) => role === "failed"),
    [],
  );
});

/** Whether someone listens at an address. */
function isOpen(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}

test("All traces are exported as lines of OTLP JSON, their records beside them, and can be deleted", async (t) => {
  const { made, folder } = await station(t);
  const state = await made.start(options);
  const other = "b".repeat(32);
  await send(state, "/v1/traces", spans());
  await send(state, "/v1/traces", spans(other, "GET /stock"));
  await send(state, "/v1/logs", logs());
  await until(
    "all are there",
    async () => (await made.size()).traces === 2 && (await made.size()).logs === 1,
  );
  const path = join(folder, "out.otlp.jsonl");
  assert.equal(await made.exportTo(path, undefined), 2);
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans[0].traceId),
    [traceId, other],
  );
  assert.match(await readFile(logsPath(path), "utf8"), /stock is low/);
  await made.deleteAll();
  assert.equal((await made.size()).traces, 0);
  assert.equal(await made.spans(traceId), undefined);
});

test("An exported file brings the records of its traces back, in lines of bounded length", async (t) => {
  const { made, folder } = await station(t);
  const state = await made.start({ ...options, maxBodyBytes: 8 << 20 });
  await send(state, "/v1/traces", spans());
  for (let i = 0; i < 3; i++) {
    const body = logs();
    body.resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue = `${i} ${"x".repeat(60_000)}`;
    for (let more = 0; more < 4; more++) body.resourceLogs.push(...body.resourceLogs);
    await send(state, "/v1/logs", body);
  }
  const path = join(folder, "out.otlp.jsonl");
  await made.exportTo(path, [traceId]);
  const source = createFileSource(path, (file, request, signal) =>
    decodeHere(createReadStream(file), request, signal),
  );
  const { trace, logs: read, notes } = await source.trace("", new AbortController().signal);
  const { records } = await made.logs(traceId, trace.epoch);
  assert.equal(records.length, 48);
  assert.deepEqual(read, records);
  assert.deepEqual(notes, []);
  const lines = (await readFile(logsPath(path), "utf8")).trimEnd().split("\n");
  assert.ok(lines.length > 1 && lines.every((line) => line.length < 4 << 20), `${lines.length} lines`);
});

test("Log records of a trace whose spans did not come are exported as well", async (t) => {
  const { made, folder } = await station(t);
  const state = await made.start(options);
  await send(state, "/v1/logs", logs());
  await send(state, "/v1/traces", spans("b".repeat(32)));
  await until("both are there", async () => (await made.size()).traces === 2);
  const path = join(folder, "out.otlp.jsonl");
  assert.equal(await made.exportTo(path, undefined), 1);
  assert.match(await readFile(logsPath(path), "utf8"), /stock is low/);
});

test("An export without log records leaves none of an earlier one of that name", async (t) => {
  const { made, folder } = await station(t);
  const state = await made.start(options);
  await send(state, "/v1/traces", spans("b".repeat(32)));
  await send(state, "/v1/logs", logs());
  await until("both are there", async () => (await made.size()).traces === 2);
  const path = join(folder, "out.otlp.jsonl");
  await made.exportTo(path, undefined);
  await made.exportTo(path, ["b".repeat(32)]);
  await assert.rejects(readFile(logsPath(path)), { code: "ENOENT" });
});

test("An export that is cancelled leaves no file", async (t) => {
  const { made, folder } = await station(t);
  const state = await made.start(options);
  await send(state, "/v1/traces", spans());
  await until("it is there", async () => (await made.size()).traces === 1);
  const path = join(folder, "gone.otlp.jsonl");
  const exporting = made.exportTo(path, undefined);
  await made.cancelExport();
  await assert.rejects(exporting);
  await assert.rejects(readFile(path), { code: "ENOENT" });
});

/** A station with so many traces that an export of them is told of before its end; `begun` is when it is. */
async function fullStation(t: TestContext) {
  const made = await station(t);
  const begun = new Promise<void>((resolve) => {
    made.told.exported = resolve;
  });
  const state = await made.made.start(options);
  const requests = Array.from({ length: 400 }, (_, i) => spans((i + 1).toString(16).padStart(32, "0")));
  const resourceSpans = requests.flatMap((one) => one.resourceSpans);
  await send(state, "/v1/traces", { resourceSpans });
  return { ...made, begun };
}

test("An export of the same file as one that is under way takes its place", async (t) => {
  const { made, folder, begun } = await fullStation(t);
  const path = join(folder, "twice.otlp.jsonl");
  const first = assert.rejects(made.exportTo(path, undefined), { name: "AbortError" });
  await begun;
  const second = assert.rejects(made.exportTo(path, undefined), { name: "AbortError" });
  assert.equal(await made.exportTo(path, undefined), 400);
  await Promise.all([first, second]);
  assert.equal((await readFile(path, "utf8")).trimEnd().split("\n").length, 400);
});

test("An export that is under way when the station is closed leaves no file", async (t) => {
  const { made, folder, begun } = await fullStation(t);
  const path = join(folder, "closed.otlp.jsonl");
  const exporting = assert.rejects(made.exportTo(path, undefined));
  await begun;
  await made.close();
  assert.equal(existsSync(`${path}.partial`), false);
  await exporting;
});

test("What was kept can be read while nothing receives", async (t) => {
  const first = await station(t);
  await send(await first.made.start(options), "/v1/traces", spans());
  await until("it is there", async () => (await first.made.size()).traces === 1);
  await first.made.close();
  const second = await station(t, first.folder);
  assert.equal((await second.made.summary(traceId))?.rootName, "GET /cart");
  await second.made.deleteAll();
  assert.equal((await second.made.size()).traces, 0);
});

test("A window that may not delete does not take the place of the one that receives", async (t) => {
  const first = await station(t);
  await first.made.start(options);
  const second = await station(t, first.folder);
  await assert.rejects(second.made.deleteAll(), /Another window receives/);
  await first.made.stop();
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal((await first.made.start(options)).role, "receiving");
});

function isPinned(folder: string, id = traceId): boolean {
  const database = new Database(storePath(folder), { readOnly: true, busyMs: 500 });
  try {
    return database.get("SELECT pinned AS p FROM trace WHERE id = ?", id)?.p === 1;
  } finally {
    database.close();
  }
}

test("A window that reads has a trace pinned, and let go, by the one that receives", async (t) => {
  const first = await station(t);
  await send(await first.made.start(options), "/v1/traces", spans());
  const second = await station(t, first.folder);
  await second.made.start(options);
  await second.made.pin(traceId.toUpperCase(), true);
  await until("it is pinned", () => isPinned(first.folder));
  await second.made.pin(traceId, false);
  await until("it is let go", () => !isPinned(first.folder));
  await second.made.pin(traceId, true);
  await second.made.pin(traceId, false);
  await second.made.pin(traceId, true);
  await until("the last word counts", () => isPinned(first.folder));
});

test("What is pinned and unpinned while nobody receives is done before anything else when a window does", async (t) => {
  const first = await station(t);
  const [kept, old] = [`00${"1".repeat(30)}`, "2".repeat(32)];
  const state = await first.made.start(options);
  for (const id of [kept, old]) await send(state, "/v1/traces", spans(id));
  await first.made.pin(old, true);
  await first.made.stop();
  const second = await station(t, first.folder);
  await second.made.pin("1".repeat(30), true);
  await second.made.pin(old, false);
  await second.made.pin("../../traces.db", true);
  assert.deepEqual([isPinned(first.folder, kept), isPinned(first.folder, old)], [false, true]);
  await first.made.start(options);
  assert.deepEqual([isPinned(first.folder, kept), isPinned(first.folder, old)], [true, false]);
});

test("After its receiving thread has failed, a window receives again at once: the lease left behind is its own", async () => {
  const folder = await makeTempFolder("station");
  const [httpPort, grpcPort] = await freePorts(2);
  const module = new URL("../../../../src/backends/local/receivingStation.ts", import.meta.url).href;
  /** Starts a station in a thread of its own; how it stands, before the thread ends without a word. */
  const startedInThread = async (): Promise<StationState> => {
    const code = `
      const { parentPort, workerData } = require("node:worker_threads");
      const listener = { stateChanged() {}, tracesChanged() {}, notice() {}, log() {}, exported() {} };
      import(workerData.module).then(async ({ ReceivingStation }) => {
        parentPort.postMessage(await new ReceivingStation(workerData.folder, listener).start(workerData.options));
        parentPort.once("message", () => process.exit(1));
      });`;
    const workerData = { module, folder: folder.path, options: { ...options, httpPort, grpcPort } };
    const worker = new Worker(code, { eval: true, workerData });
    const [state] = (await once(worker, "message")) as [StationState];
    worker.postMessage("fail");
    await once(worker, "exit");
    return state;
  };
  assert.equal((await startedInThread()).role, "receiving");
  assert.equal((await startedInThread()).role, "receiving");
  await folder.remove();
});

test("A store that cannot be made is a state that says so", async (t) => {
  const { path } = await makeTempFolder("station");
  await writeFile(join(path, "taken"), "");
  const { made } = await station(t, join(path, "taken"));
  const state = await made.start(options);
  assert.equal(state.role, "failed");
  assert.match((state as Extract<StationState, { role: "failed" }>).reason, /EEXIST|ENOTDIR/);
});
