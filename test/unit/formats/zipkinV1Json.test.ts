import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { zipkinV1Json } from "../../../src/formats/zipkinV1Json.ts";
import { type ReadSpan, read } from "./jsonReading.ts";

const shop = '"endpoint":{"serviceName":"shop","ipv4":"10.0.0.1"}';
const bank = '"endpoint":{"serviceName":"bank"}';

function annotation(value: string, timestamp: number, endpoint = shop): string {
  return `{"timestamp":${timestamp},"value":"${value}",${endpoint}}`;
}

function spans(members: string): ReadSpan[] {
  return read(zipkinV1Json, `[{"traceId":"a","id":"b","name":"get",${members}}]`).spans;
}

function service({ resource }: ReadSpan): string | undefined {
  return resource.find(([key]) => key === "service.name")?.[2];
}

describe("Zipkin JSON v1", () => {
  for (const [begin, end, kind, traits] of [
    ["cs", "cr", 3, "partial"],
    ["sr", "ss", 2, "partial"],
    ["ms", "ws", 4, "partial"],
    ["wr", "mr", 5, "partial"],
  ] as const) {
    test(`takes a span with ${begin} and ${end} for kind ${kind}`, () => {
      const [only] = spans(
        `"timestamp":10,"duration":7,"annotations":[${annotation(begin, 10)},${annotation(end, 17)}]`,
      );
      assert.deepEqual([only.kind, only.start, only.end, only.traits], [kind, 10000n, 17000n, traits]);
      assert.equal(service(only), "shop");
    });
  }

  test("times a span by its annotations when it has no time of its own; such a server shares its client's ID", () => {
    const [only] = spans(`"annotations":[${annotation("ss", 30)},${annotation("sr", 20)}]`);
    assert.deepEqual([only.start, only.end, only.traits], [20000n, 30000n, "shared partial"]);
  });

  test("makes two spans of a record that has both halves of a call", () => {
    const [client, server, ...more] = spans(
      `"timestamp":10,"duration":30,"annotations":[${annotation("cs", 10)},${annotation("sr", 15, bank)},${annotation("ss", 35, bank)},${annotation("cr", 40)},${annotation("retry", 12)},${annotation("cache miss", 16, bank)}],
       "binaryAnnotations":[{"key":"here","value":"1",${shop}},{"key":"there","value":"2",${bank}},{"key":"sa","value":true,${bank}}]`,
    );
    assert.equal(more.length, 0);
    assert.deepEqual(
      [client.kind, service(client), client.start, client.end, client.traits],
      [3, "shop", 10000n, 40000n, "partial"],
    );
    assert.deepEqual(
      [server.kind, service(server), server.start, server.end, server.traits],
      [2, "bank", 15000n, 35000n, "shared partial"],
    );
    assert.equal(client.id, server.id);
    assert.deepEqual(
      [client, server].map(({ events }) => events.map(({ name }) => name)),
      [["retry"], ["cache miss"]],
    );
    assert.deepEqual(
      [client, server].map(({ attributes }) => attributes.map(([key, , value]) => `${key}=${value}`)),
      [["here=1", "peer.service=bank"], ["there=2"]],
    );
  });

  test("takes a span without core annotations for a local one, of its first endpoint", () => {
    const [only] = spans(
      `"timestamp":1,"annotations":[],"binaryAnnotations":[{"key":"lc","value":"worker",${bank}}]`,
    );
    assert.deepEqual([only.kind, service(only), only.attributes], [0, "bank", [["lc", "string", "worker"]]]);
  });

  test("reads snake_case, bare-number ids beyond 2^53 exactly, and addresses written as numbers", () => {
    const [only] = read(
      zipkinV1Json,
      `[{"trace_id":2505404965370368069,"id":8090652509916334619,"parent_id":22964302721410078,"name":"Child","timestamp":1498688360851331,"duration":53106,
        "annotations":[],"binary_annotations":[{"key":"k","value":"L2NvbmNhdC8=","annotation_type":"STRING","host":{"ipv4":2130706433,"port":0,"service_name":"trivial"}}]}]`,
    ).spans;
    assert.deepEqual(
      [only.trace, only.id, only.parent].map((id) => BigInt(`0x${id}`)),
      [2505404965370368069n, 8090652509916334619n, 22964302721410078n],
    );
    assert.deepEqual(only.resource, [
      ["host.ip", "string", "127.0.0.1"],
      ["service.name", "string", "trivial"],
    ]);
    assert.deepEqual(only.attributes, [["k", "string", "/concat/"]]);
    assert.deepEqual([only.start, only.end], [1498688360851331000n, 1498688360904437000n]);
  });

  for (const [thrift, value, type, text] of [
    ["BOOL", "AQ==", "bool", "true"],
    ["I16", "//4=", "int", "-2"],
    ["I32", "AAAAKg==", "int", "42"],
    ["I64", "f/////////8=", "int", "9223372036854775807"],
    ["DOUBLE", "P/gAAAAAAAA=", "double", "1.5"],
    ["BYTES", "AAE=", "bytes", "AAE="],
    ["STRING", "no base64", "string", "no base64"],
  ]) {
    test(`reads the ${thrift} ${value} as ${text}`, () => {
      const [only] = spans(
        `"binary_annotations":[{"key":"k","annotation_type":"${thrift}","value":"${value}"}]`,
      );
      assert.deepEqual(only.attributes, [["k", type, text]]);
    });
  }

  for (const [value, type, text] of [
    ['"plain"', "string", "plain"],
    ['"AQ=="', "string", "AQ=="],
    ["true", "bool", "true"],
    ["9007199254740993", "int", "9007199254740993"],
    ["1.5", "double", "1.5"],
  ]) {
    test(`reads Zipkin's own ${value} as ${type}`, () => {
      assert.deepEqual(spans(`"binaryAnnotations":[{"key":"k","value":${value}}]`)[0].attributes, [
        ["k", type, text],
      ]);
    });
  }

  test("takes a binary annotation named error for an error", () => {
    const [only] = spans('"binaryAnnotations":[{"key":"error","value":"boom"}]');
    assert.deepEqual([only.status, only.message], [2, "boom"]);
  });
});
