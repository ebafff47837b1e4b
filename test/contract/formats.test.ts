import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Inflating } from "../../src/backends/inflating.ts";
import { UserError } from "../../src/base/userError.ts";
import { createDecoding } from "../../src/formats/decoding.ts";
import { emptyJson } from "../../src/formats/emptyJson.ts";
import { headOf } from "../../src/formats/head.ts";
import { formats, recognise } from "../../src/formats/index.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import type { SpanSink } from "../../src/model/spanSink.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { jaegerTrace, otlpJsonTrace } from "../bench/generateJson.ts";
import { protobufTrace } from "../bench/generateProtobuf.ts";
import { random } from "../bench/generateSpans.ts";
import { sharedData, skipWithoutData } from "../support/sharedData.ts";
import { sinkText, traceText } from "./modelText.ts";
import { noTraces, readable, refused } from "./sharedFiles.ts";

const never = new AbortController().signal;
const decoder = createDecoder(new URL("../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

const generated = {
  proto: Buffer.concat([...protobufTrace(60)]),
  otlp: Buffer.concat([...otlpJsonTrace(60)]),
  jaeger: Buffer.concat([...jaegerTrace(60)]),
};

const zipkinSpans = [
  '{"traceId":"5b8efff798038103d269b633813fc60c","id":"eee19b7ec3c1b174","kind":"SERVER","name":"get /cart","timestamp":1700000000000000,"duration":250000,"localEndpoint":{"serviceName":"shop"},"tags":{"http.method":"GET"},"annotations":[{"timestamp":1700000000100000,"value":"retry"}]}',
  '{"traceId":"5b8efff798038103d269b633813fc60c","parentId":"eee19b7ec3c1b174","id":"eee19b7ec3c1b175","kind":"CLIENT","name":"select","timestamp":1700000000010000,"duration":5000,"localEndpoint":{"serviceName":"shop"}}',
];
const zipkinV1 =
  '[{"traceId":"5b8efff798038103","id":"eee19b7ec3c1b174","name":"get /cart","timestamp":1700000000000000,"duration":250000,"annotations":[{"timestamp":1700000000000000,"value":"sr","endpoint":{"serviceName":"shop","ipv4":"127.0.0.1"}}],"binaryAnnotations":[{"key":"http.method","value":"GET","endpoint":{"serviceName":"shop"}}]}]';
const goStdout =
  '{"Name":"build","SpanContext":{"TraceID":"5b8efff798038103d269b633813fc60c","SpanID":"eee19b7ec3c1b174","TraceFlags":"01","TraceState":"","Remote":false},"Parent":{"TraceID":"00000000000000000000000000000000","SpanID":"0000000000000000","TraceFlags":"00","TraceState":"","Remote":false},"SpanKind":1,"StartTime":"2026-01-02T03:04:05.123456789Z","EndTime":"2026-01-02T03:04:06Z","Attributes":[{"Key":"step","Value":{"Type":"STRING","Value":"go build"}}],"Events":null,"Links":null,"Status":{"Code":"Unset","Description":""},"DroppedAttributes":0,"DroppedEvents":0,"DroppedLinks":0,"ChildSpanCount":0,"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"builder"}}],"InstrumentationLibrary":{"Name":"shop","Version":"","SchemaURL":""}}\n';

/** Of each format, by its name, at least one body and its number of spans. */
const samples: ReadonlyMap<string, readonly [bytes: Uint8Array, spans: number][]> = new Map([
  ["OTLP protobuf", [[generated.proto, 60]]],
  ["OTLP JSON", [[generated.otlp, 60]]],
  ["Jaeger JSON", [[generated.jaeger, 60]]],
  ["Zipkin JSON", [[Buffer.from(`[${zipkinSpans.join(",")}]`), 2]]],
  ["Zipkin JSON v1", [[Buffer.from(zipkinV1), 1]]],
  ["Go stdout trace JSON", [[Buffer.from(goStdout.repeat(1)), 1]]],
  [
    emptyJson.name,
    [
      [Buffer.from("[]"), 0],
      [Buffer.from(" {}\n"), 0],
    ],
  ],
] as [string, [Uint8Array, number][]][]);

function decoded(bytes: Uint8Array, size = Math.max(1, bytes.length)): { sink: SpanSink; format: string } {
  const decoding = createDecoding("sample");
  for (let at = 0; at < bytes.length; at += size) decoding.write(bytes.slice(at, at + size));
  return decoding.end();
}

/** What becomes of bytes: a model that can be built, or a UserError; anything else fails the test. */
function outcome(bytes: Uint8Array, size?: number): string[] | UserError {
  try {
    return sinkText(decoded(bytes, size).sink);
  } catch (error) {
    assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error));
    assert.match(error.message, /^sample: ./);
    return error;
  }
}

for (const format of formats) {
  describe(`the format ${format.name}`, () => {
    const list = samples.get(format.name) ?? [];

    it("has a sample", () => {
      assert.ok(list.length > 0);
    });

    for (const [bytes, spans] of list) {
      it("is recognised by what it holds, and no other format before it", () => {
        assert.equal(recognise(headOf(bytes, true)).name, format.name);
        const { sink, format: name } = decoded(bytes);
        assert.equal(name, format.name);
        assert.equal(sink.length, spans);
      });

      it("is the same in chunks cut anywhere", () => {
        const whole = outcome(bytes);
        for (const size of [1, 2, 3, 5, 17, 64, 1021])
          assert.deepEqual(outcome(bytes, size), whole, `chunks of ${size}`);
      });

      it("cut at any byte is refused, or is fewer spans: never more, never an accident", () => {
        const step = Math.max(1, Math.floor(bytes.length / 300));
        for (let length = 0; length < bytes.length; length += step) {
          const result = outcome(bytes.subarray(0, length));
          if (result instanceof UserError) continue;
          assert.ok(decoded(bytes.subarray(0, length)).sink.length <= spans);
          assert.ok(result.length > 0, `${length} bytes: nothing, in silence`);
        }
      });

      it("with any bytes changed never throws anything but a UserError", () => {
        const next = random(7);
        for (let round = 0; round < 200; round++) {
          const changed = Uint8Array.from(bytes);
          for (let i = 0; i <= round % 5; i++)
            changed[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
          outcome(changed, 1 + Math.floor(next() * 5000));
        }
      });

      it("is the same through a thread: plain, gzip and zstd", async () => {
        const { sink } = decoded(bytes);
        const texts: (string[] | undefined)[] = [];
        for (const body of [bytes, gzipSync(bytes), zstdCompressSync(bytes)]) {
          const request = { traceId: "", want: "trace", label: "sample" } as const;
          const answer = await decoder.decode(once(body), request, never);
          assert.equal(answer.format, format.name);
          texts.push(answer.trace && traceText(answer.trace));
        }
        const expected = sink.length === 0 ? undefined : traceText(buildTrace(sink, 0));
        assert.deepEqual(texts, [expected, expected, expected]);
      });
    }
  });
}

describe("one trace in several encodings", () => {
  it("is the same from OTLP protobuf and OTLP JSON", () => {
    assert.deepEqual(sinkText(decoded(generated.otlp).sink), sinkText(decoded(generated.proto).sink));
  });

  it("has the same spans, parents, names, services, kinds and errors from Jaeger JSON", () => {
    const shape = (bytes: Uint8Array): string[] => {
      const trace = buildTrace(decoded(bytes).sink, 0);
      const rows = traceText(trace).map((line) => line.split(" | "));
      const idOf = (row: number): string => (row < 0 ? "" : rows[row][0].split("<")[0]);
      return rows
        .map(([id, name, kind, status], row) =>
          [id.split("<")[0], idOf(trace.parent[row]), name, kind, status].join(" "),
        )
        .sort();
    };
    assert.deepEqual(shape(generated.jaeger), shape(generated.proto));
  });

  it("has the same names and kinds from every exporter of one program", (t) => {
    if (skipWithoutData(t)) return;
    const shape = (...path: string[]): string[] => {
      const { sink } = decoded(readFileSync(sharedData("generated-otel-js", ...path)));
      return sinkText(sink)
        .map((line) => line.split(" | ").slice(1, 3).join(" ").toLowerCase())
        .sort();
    };
    const first = shape("json", "001-_v1_traces.otlp.json");
    assert.deepEqual(shape("proto", "001-_v1_traces.otlp.pb"), first);
    assert.deepEqual(shape("grpc", "001-grpc.otlp.grpcframe"), first);
  });
});

describe("the shared data", () => {
  for (const [format, folders] of Object.entries(readable)) {
    for (const [folder, list] of Object.entries(folders)) {
      it(`is read as ${format}: ${folder}`, async (t) => {
        if (skipWithoutData(t)) return;
        for (const entry of list.trim().split(/\s+/)) {
          const [name, spans] = entry.split(":");
          const result = await readShared(join(folder, name));
          assert.deepEqual([result.format, result.sink.length], [format, Number(spans)], name);
          assert.equal(sinkText(result.sink).length > 0, true);
        }
      });
    }
  }

  for (const [path, message] of Object.entries(refused)) {
    it(`is refused: ${path}`, async (t) => {
      if (skipWithoutData(t)) return;
      await assert.rejects(readShared(path), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("has no file that is neither", (t) => {
    if (skipWithoutData(t)) return;
    const known = new Set(Object.keys(refused));
    for (const folders of Object.values(readable)) {
      for (const [folder, list] of Object.entries(folders)) {
        for (const entry of list.trim().split(/\s+/)) known.add(join(folder, entry.split(":")[0]));
      }
    }
    const unknown = files(sharedData()).filter((path) => !known.has(path) && !noTraces.test(path));
    assert.deepEqual(unknown, []);
  });

  it("never reaches a prototype", async (t) => {
    if (skipWithoutData(t)) return;
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    for (const path of files(sharedData("hostile")).filter((name) => /\/[px]0/.test(`/${name}`))) {
      const { sink } = await readShared(join("hostile", path));
      sinkText(sink);
    }
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    const { sink } = await readShared("hostile/files/p01-proto-keys.otlp.json");
    assert.match(sinkText(sink)[0], /__proto__=/);
  });
});

async function readShared(path: string): Promise<{ sink: SpanSink; format: string }> {
  const decoding = createDecoding(path);
  const inflating = new Inflating(path, 2 ** 30, decoding.write);
  await inflating.write(readFileSync(sharedData(path)));
  await inflating.end();
  return decoding.end();
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function files(folder: string, root = folder): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path, root) : [relative(root, path)];
  });
}
