import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { makeTempFolder } from "../../../scripts/tempFolder.ts";
import { createFileSource, type DecodeFile } from "../../../src/backends/file.ts";
import { readInflated } from "../../../src/backends/inflatedFile.ts";
import { logsPath, logsPaths } from "../../../src/backends/logsPath.ts";
import { logsFromJson, tracesFromJson } from "../../../src/formats/otlpWriteProtobuf.ts";
import { decodeHere } from "../../contract/faults/decodeHere.ts";
import { never } from "./fakes.ts";

const ids = ["5b8efff798038103d269b633813fc60c", "b".repeat(32)];
const start = 1_700_000_000_000_000_000n;

const decodeFile: DecodeFile = async (path, request, signal) => {
  const chunks: Uint8Array[] = [];
  await readInflated(path, 2 ** 30, signal, (chunk) => chunks.push(chunk));
  return decodeHere(Readable.from(chunks), request, signal);
};

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

/** The bodies and the notes of the first trace of a file with this content, and with that in the file beside it. */
async function read(
  t: TestContext,
  traces: string | Buffer,
  beside?: string | Buffer,
  names = ["shop.otlp.jsonl", "shop.logs.jsonl"],
) {
  const folder = await makeTempFolder("logs");
  t.after(() => folder.remove());
  const path = join(folder.path, names[0]);
  await writeFile(path, traces);
  if (beside !== undefined) await writeFile(join(folder.path, names[1]), beside);
  const { logs, notes } = await createFileSource(path, decodeFile).trace(ids[0], never);
  return { bodies: logs?.map(({ body }) => body), notes, logs };
}

const both = lines(spansOf(ids[0]), spansOf(ids[1]));

test("Log records go to a file beside the traces", () => {
  assert.equal(logsPath("/a/shop.otlp.jsonl"), "/a/shop.logs.jsonl");
  assert.equal(logsPath("/a/shop.json"), "/a/shop.logs.json");
  assert.equal(logsPath("/a/shop"), "/a/shop.logs");
});

test("They are looked for in the form of the traces first, then in every other", () => {
  const names = logsPaths("/a/shop.otlp.pb.gz");
  assert.deepEqual(names.slice(0, 3), ["/a/shop.logs.pb.gz", "/a/shop.logs.jsonl", "/a/shop.logs.json"]);
  assert.equal(names.length, 9);
  assert.equal(logsPaths("/a/shop.json")[0], "/a/shop.logs.json");
});

/** OTLP protobuf as it stands in files: bare, behind 4-byte lengths, behind gRPC's 5 bytes. */
const framings: Record<string, (message: Uint8Array) => Buffer> = {
  bare: (message) => Buffer.from(message),
  length: (message) => Buffer.concat([lengthOf(message), message]),
  grpc: (message) => Buffer.concat([Buffer.of(0), lengthOf(message), message]),
};

function lengthOf(message: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return length;
}

const logMessage = (document: object) => logsFromJson(Buffer.from(JSON.stringify(document)));
const spanMessage = (document: object) => tracesFromJson(Buffer.from(JSON.stringify(document)));
const oneOfEach = lines(logsOf([ids[1], "other"], [ids[0], "second"]), logsOf([ids[0], "first"]));
const logMessages = [logsOf([ids[1], "other"], [ids[0], "second"]), logsOf([ids[0], "first"])].map(
  logMessage,
);

const compressed: [name: string, ending: string, compress: (bytes: Buffer) => Buffer][] = [
  ["plain", "", (bytes) => bytes],
  ["gzip", ".gz", gzipSync],
  ["zstd", ".zst", zstdCompressSync],
];
for (const [name, ending, compress] of compressed) {
  test(`Records are read beside the traces, ${name}: JSON Lines`, async (t) => {
    const names = [`shop.otlp.jsonl${ending}`, `shop.logs.jsonl${ending}`];
    const { bodies, notes } = await read(
      t,
      compress(Buffer.from(both)),
      compress(Buffer.from(oneOfEach)),
      names,
    );
    assert.deepEqual(bodies, ["first", "second"]);
    assert.deepEqual(notes, []);
  });

  for (const [framing, framed] of Object.entries(framings)) {
    test(`Records are read beside the traces, ${name}: OTLP protobuf, ${framing}`, async (t) => {
      const traces = framed(spanMessage(spansOf(ids[0])));
      const beside = Buffer.concat(logMessages.map(framed));
      const names = [`shop.otlp.pb${ending}`, `shop.logs.pb${ending}`];
      const { bodies, notes, logs } = await read(t, compress(traces), compress(beside), names);
      assert.deepEqual(bodies, ["first", "second"]);
      assert.deepEqual(notes, []);
      assert.deepEqual([logs?.[1].time, logs?.[1].spanId], [1_000_000, "eee19b7ec3c1b174"]);
    });

    test(`Records are read among the traces, ${name}: OTLP protobuf, ${framing}`, async (t) => {
      const messages = [spanMessage(spansOf(ids[0])), ...logMessages];
      const { bodies, notes } = await read(t, compress(Buffer.concat(messages.map(framed))));
      assert.deepEqual(bodies, ["first", "second"]);
      assert.deepEqual(notes, []);
    });
  }
}

test("Records in another form than the traces are read", async (t) => {
  const names = ["shop.otlp.jsonl", "shop.logs.pb.gz"];
  const { bodies } = await read(t, both, gzipSync(Buffer.concat(logMessages)), names);
  assert.deepEqual(bodies, ["first", "second"]);
});

test("Records in protobuf of which none is of the trace that is shown are called skipped", async (t) => {
  const { bodies, notes } = await read(
    t,
    Buffer.concat([spanMessage(spansOf(ids[0])), logMessage(logsOf([ids[1], "a"], [ids[1], "b"]))]),
  );
  assert.deepEqual(bodies, []);
  assert.deepEqual(notes, ["log records were skipped"]);
});

test("What a damaged file beside the traces holds before the damage is read, and the damage told", async (t) => {
  const names = ["shop.otlp.jsonl", "shop.logs.jsonl.gz"];
  const torn = Buffer.concat([
    gzipSync(lines(logsOf([ids[0], "whole"]))),
    gzipSync(oneOfEach).subarray(0, -9),
  ]);
  const { bodies, notes } = await read(t, both, torn, names);
  assert.equal(bodies?.[0], "whole");
  assert.deepEqual(notes, [
    "Log records in shop.logs.jsonl.gz could not be read: corrupt gzip: it ends too early.",
  ]);
});

test("Protobuf that ends in the middle of a message is told, and what comes before is read", async (t) => {
  const torn = Buffer.concat(logMessages).subarray(0, -10);
  const { bodies, notes } = await read(t, both, torn, ["shop.otlp.jsonl", "shop.logs.pb"]);
  assert.deepEqual(bodies, ["second"]);
  assert.equal(notes?.length, 1);
  assert.match(notes?.[0] ?? "", /^Log records in shop\.logs\.pb could not be read: /);
});

test("Messages longer than a chunk are read; one longer than 8 MB is left out and told", async (t) => {
  const beside = [
    logsOf([ids[0], "a"], [ids[0], "x".repeat(3 << 20)]),
    logsOf([ids[0], "y".repeat(9 << 20)]),
    logsOf([ids[0], "b"]),
  ].map(logMessage);
  const names = ["shop.otlp.jsonl", "shop.logs.pb"];
  const { bodies, notes } = await read(t, both, Buffer.concat(beside), names);
  assert.deepEqual(
    bodies?.map((body) => body.length),
    [1, 1, 3 << 20],
  );
  assert.deepEqual(notes, ["Log records in messages of more than 8 MB were left out: 1."]);
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
