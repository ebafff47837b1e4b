import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeTempFolder } from "../../../scripts/tempFolder.ts";
import { createFileSource, type DecodeFile } from "../../../src/backends/file.ts";
import { logsPath } from "../../../src/backends/logsPath.ts";
import { decodeHere } from "../../contract/faults/decodeHere.ts";
import { never } from "./fakes.ts";

const ids = ["5b8efff798038103d269b633813fc60c", "b".repeat(32)];
const start = 1_700_000_000_000_000_000n;

const decodeFile: DecodeFile = (path, request, signal) => decodeHere(createReadStream(path), request, signal);

function spansOf(traceId: string) {
  const span = {
    traceId,
    spanId: "eee19b7ec3c1b174",
    name: "GET /cart",
    startTimeUnixNano: `${start}`,
    endTimeUnixNano: `${start + 5_000_000n}`,
  };
  return { resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [span] }] }] };
}

/** One record each of these traces, as they are named there. */
function logsOf(...named: (readonly [traceId: string, body: string])[]) {
  const logRecords = named.map(([traceId, body], i) => ({
    timeUnixNano: `${start + BigInt(i) * 1_000_000n}`,
    severityNumber: 9,
    body: { stringValue: body },
    traceId,
    spanId: "eee19b7ec3c1b174",
  }));
  return { resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords }] }] };
}

const lines = (...documents: object[]) => documents.map((one) => `${JSON.stringify(one)}\n`).join("");

/** The bodies and the notes of the first trace of a file whose text, and that of the file beside it, are these. */
async function read(t: TestContext, traces: string, beside?: string) {
  const folder = await makeTempFolder("logs");
  t.after(() => folder.remove());
  const path = join(folder.path, "shop.otlp.jsonl");
  await writeFile(path, traces);
  if (beside !== undefined) await writeFile(join(folder.path, "shop.logs.jsonl"), beside);
  const { logs, notes } = await createFileSource(path, decodeFile).trace(ids[0], never);
  return { bodies: logs?.map(({ body }) => body), notes, logs };
}

const both = lines(spansOf(ids[0]), spansOf(ids[1]));

test("Log records go to a file beside the traces", () => {
  assert.equal(logsPath("/a/shop.otlp.jsonl"), "/a/shop.logs.jsonl");
  assert.equal(logsPath("/a/shop.json"), "/a/shop.logs.json");
  assert.equal(logsPath("/a/shop"), "/a/shop.logs");
});

test("The records of a trace come from the file beside it, by time; those of other traces do not", async (t) => {
  const beside = lines(
    logsOf([ids[1], "other"]),
    logsOf([ids[1], "other too"], [ids[0], "second"]),
    logsOf([ids[0], "first"]),
  );
  const { bodies, notes, logs } = await read(t, both, beside);
  assert.deepEqual(bodies, ["first", "second"]);
  assert.deepEqual(notes, []);
  assert.deepEqual([logs?.[1].time, logs?.[1].spanId], [1_000_000, "eee19b7ec3c1b174"]);
});

test("A trace is named in hex of either case, or in base64", async (t) => {
  const base64 = Buffer.from(ids[0], "hex").toString("base64");
  const { bodies } = await read(
    t,
    both,
    lines(logsOf([ids[0].toUpperCase(), "upper"]), logsOf([base64, "base64"])),
  );
  assert.deepEqual(bodies, ["upper", "base64"]);
});

test("Records among the traces are read too, and not called skipped then", async (t) => {
  const { bodies, notes } = await read(
    t,
    lines(spansOf(ids[0]), logsOf([ids[0], "among"]), { ...spansOf(ids[1]), ...logsOf([ids[0], "within"]) }),
    lines(logsOf([ids[0], "beside"])),
  );
  assert.deepEqual(bodies, ["among", "within", "beside"]);
  assert.deepEqual(notes, []);
});

test("Records among the traces that are of none that is shown are called skipped", async (t) => {
  const { bodies, notes } = await read(t, lines(spansOf(ids[0]), logsOf(["", "of no trace"])));
  assert.deepEqual(bodies, []);
  assert.deepEqual(notes, ["log records were skipped"]);
});

test("A document written over many lines is read as well", async (t) => {
  const whole = JSON.stringify({ ...spansOf(ids[0]), ...logsOf([ids[0], "within"]) }, undefined, 2);
  const { bodies } = await read(t, whole, JSON.stringify(logsOf([ids[0], "beside"]), undefined, 2));
  assert.deepEqual(bodies, ["within", "beside"]);
});

test("A line that cannot be read does not stop the others, and is told", async (t) => {
  const torn = JSON.stringify(logsOf([ids[0], "torn"])).slice(0, -20);
  const { bodies, notes } = await read(
    t,
    both,
    `${torn}\nno JSON\n${lines(logsOf([ids[0], "whole"]))}${torn}`,
  );
  assert.deepEqual(bodies, ["whole"]);
  assert.equal(notes?.length, 1);
  assert.match(notes?.[0] ?? "", /^Log records in shop\.logs\.jsonl could not be read: /);
});

test("Lines longer than a chunk are read; one longer than 8 MB is left out and told", async (t) => {
  const { bodies, notes } = await read(
    t,
    both,
    lines(
      logsOf([ids[0], "a"], [ids[0], "x".repeat(3 << 20)]),
      logsOf([ids[0], "y".repeat(9 << 20)]),
      logsOf([ids[0], "b"]),
    ),
  );
  assert.deepEqual(
    bodies?.map((body) => body.length),
    [1, 1, 3 << 20],
  );
  assert.deepEqual(notes, ["Log records in lines of more than 8 MB were left out: 1."]);
});

test("The earliest 5,000 records are kept, and how many are missing is said", async (t) => {
  const many = Array.from({ length: 4000 }, (_, i) => [ids[0], `${i}`] as const);
  const { bodies, notes } = await read(t, both, lines(logsOf(...many), logsOf(...many), logsOf(...many)));
  assert.equal(bodies?.length, 5000);
  assert.equal(bodies?.at(-1), "1666");
  assert.deepEqual(notes, ["7,000 later log records left out."]);
});

test("What is beside the traces under that name and is no file of records is passed over", async (t) => {
  const { bodies, notes } = await read(t, both, `{"level":"info","trace_id":"${ids[0]}"}\n`);
  assert.deepEqual([bodies, notes], [[], []]);
  const folder = await makeTempFolder("logs");
  t.after(() => folder.remove());
  const path = join(folder.path, "shop.otlp.jsonl");
  await writeFile(path, both);
  await mkdir(join(folder.path, "shop.logs.jsonl"));
  assert.deepEqual((await createFileSource(path, decodeFile).trace("", never)).logs, []);
});

test("Aborting ends the reading of records", async (t) => {
  const folder = await makeTempFolder("logs");
  t.after(() => folder.remove());
  const path = join(folder.path, "shop.otlp.jsonl");
  await writeFile(path, both);
  await writeFile(join(folder.path, "shop.logs.jsonl"), lines(logsOf([ids[0], "a"])));
  const controller = new AbortController();
  const decoded: DecodeFile = async (...args) => {
    const answer = await decodeFile(...args);
    controller.abort();
    return answer;
  };
  await assert.rejects(createFileSource(path, decoded).trace(ids[0], controller.signal), {
    name: "AbortError",
  });
});
