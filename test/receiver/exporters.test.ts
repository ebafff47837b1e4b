import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { runToEnd } from "../../scripts/runningProcess.ts";
import { readLogs } from "../../src/formats/otlpLogs.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { traceFacts } from "../support/traceFacts.ts";
import { type Running, withReceiver } from "../unit/backends/local/receiver/memoryIntake.ts";
import { joined, protobufSink } from "../unit/formats/otlpMessages.ts";
import { goSender, javaSender, javascriptSender, pythonSender, type Sender } from "./exporters.ts";

/** What a program says it has sent. */
interface Sent {
  readonly traceId: string;
  readonly root: string;
  readonly child: string;
}

const epoch = 1_700_000_000_000_000_000n;

/** Every fact of the known trace, save what an SDK says of itself. */
function knownFacts({ traceId, root, child }: Sent): string[] {
  const link = `${root} link 0af7651916cd43dd8448eb211c80319c/b7ad6b7169203331`;
  const event = `${root} event ${epoch + 100_000_002n}ns landed`;
  const facts = [
    `${root} vulture: circle`,
    `${root} of trace ${traceId}, parent none, server`,
    `${root} from ${epoch + 1n}ns lasts 500000122ns`,
    `${root} error it broke`,
    `${root} text=string:naïve 日本語 🦅 "quoted"\n`,
    `${root} empty=string:`,
    `${root} int=int:42`,
    `${root} large=int:9007199254740991`,
    `${root} negative=int:-7`,
    `${root} double=double:0.5`,
    `${root} yes=bool:true`,
    `${root} no=bool:false`,
    `${root} texts=array:["a","b"]`,
    `${root} ints=array:[1,2]`,
    event,
    `${event} height=int:12`,
    link,
    `${link} why=string:follows`,
    `${child} vulture: look`,
    `${child} of trace ${traceId}, parent ${root}, client`,
    `${child} from ${epoch + 1001n}ns lasts 249999000ns`,
    `${child} unset `,
  ];
  for (const id of [root, child]) {
    facts.push(
      `${id} scope nest 0.9`,
      `${id} resource service.name=string:vulture`,
      `${id} resource service.version=string:1.2.3`,
    );
  }
  return facts.sort();
}

/** What SDKs and agents say of themselves and of the machine. */
const ofSdk = / resource (?!service\.(name|version)=)|^\w+ thread\.(id|name)=/;

/** The facts of the one trace that was received. */
function receivedFacts({ intake }: Running): string[] {
  const sink = protobufSink(joined(intake.traces().map((part) => part.bytes)));
  assert.equal(sink.traceIds.length, 1);
  return traceFacts(buildTrace(sink, 0)).filter((fact) => !ofSdk.test(fact));
}

/** Sends by a program whose exporters are told where by OpenTelemetry's own variables. */
async function send(
  running: Running,
  protocol: string,
  compression: string,
  by: Sender,
  endpoint = protocol === "grpc" ? `http://127.0.0.1:${running.grpcPort}` : running.http,
): Promise<Sent> {
  const printed = await runToEnd(by.command, [...by.args, protocol], {
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${running.http}/api/v2/spans`,
      // Some exporters do not know "none".
      ...(compression === "none" ? {} : { OTEL_EXPORTER_OTLP_COMPRESSION: compression }),
      ...by.env,
    },
  });
  const line = printed.split("\n").find((text) => text.startsWith("{"));
  assert.ok(line !== undefined, `it printed ${printed}`);
  return JSON.parse(line) as Sent;
}

/** What Java's agent puts on the wire of a fact: no type for an empty text, and no attributes of links. */
function asAgentSends(fact: string): string[] {
  if (/ link .* why=/.test(fact)) return [];
  return [fact.replace("empty=string:", "empty=empty:")];
}

function assertEqual(running: Running, sent: Sent, isAgent: boolean): void {
  const known = knownFacts(sent);
  assert.deepEqual(receivedFacts(running), isAgent ? known.flatMap(asAgentSends) : known);
  const { records } = readLogs(joined(running.intake.logs().map((part) => part.bytes)), epoch);
  assert.deepEqual(records, [
    {
      time: 200_000_003,
      severity: 13,
      severityText: "WARN",
      body: "nothing to eat 🦅",
      service: "vulture",
      scope: "nest",
      spanId: sent.root,
      attributes: [["code.line.number", "7"]],
    },
  ]);
  const { spans, logs, rejected, refused } = running.receiver.counts;
  assert.deepEqual({ spans, logs, rejected, refused }, { spans: 2, logs: 1, rejected: 0, refused: 0 });
  assert.deepEqual(running.events, []);
}

async function orSkip(t: TestContext, sender: () => Promise<Sender>): Promise<Sender | undefined> {
  try {
    return await sender();
  } catch (error) {
    skipOrFail(`the exporters cannot be installed here: ${String(error).split("\n")[0]}`, t);
    return undefined;
  }
}

const languages: readonly [language: string, sender: () => Promise<Sender>, protocols: readonly string[]][] =
  [
    ["JavaScript", javascriptSender, ["http/json", "http/protobuf", "grpc"]],
    ["Python", pythonSender, ["http/protobuf", "grpc"]],
    ["Go", goSender, ["http/protobuf", "grpc"]],
    ["Java, by its agent,", javaSender, ["http/protobuf", "grpc"]],
  ];
for (const [language, sender, protocols] of languages) {
  describe(`what the official exporters of ${language} send is read back equal`, () => {
    for (const protocol of protocols) {
      for (const compression of ["none", "gzip"]) {
        it(`over ${protocol}, compression ${compression}`, async (t) => {
          const by = await orSkip(t, sender);
          if (by === undefined) return;
          await withReceiver({}, async (running) => {
            assertEqual(running, await send(running, protocol, compression, by), sender === javaSender);
          });
        });
      }
    }
  });
}

describe("a program whose code says gRPC and whose endpoint is the HTTP port", () => {
  for (const [language, sender] of languages) {
    it(`has its spans and log records received: ${language}`, async (t) => {
      const by = await orSkip(t, sender);
      if (by === undefined) return;
      await withReceiver({}, async (running) => {
        const sent = await send(running, "grpc", "none", by, running.http);
        assertEqual(running, sent, sender === javaSender);
      });
    });
  }
});

describe("what the official Zipkin exporter of JavaScript sends", () => {
  it("is read back equal, as far as Zipkin can say it", async (t) => {
    const by = await orSkip(t, javascriptSender);
    if (by === undefined) return;
    await withReceiver({}, async (running) => {
      const sent = await send(running, "zipkin", "none", by);
      // Values become text and times µs, links are lost, and the resource is among the tags.
      const expected = knownFacts(sent)
        .filter((fact) => !/ link | event .* height=| resource service.version=| scope /.test(fact))
        .map((fact) =>
          fact
            .replace(/=(int|double|bool|array):/, "=string:")
            .replace('["a","b"]', "a,b")
            .replace("[1,2]", "1,2")
            .replace(/(\d+)\d{3}ns/g, (_, micros: string) => `${micros}000ns`),
        );
      const ofResource = /^\w+ (service\.|telemetry\.)| scope /;
      const received = receivedFacts(running).filter((fact) => !ofResource.test(fact));
      assert.deepEqual(received, expected.sort());
    });
  });
});
