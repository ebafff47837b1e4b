// Entry of the decode thread: bytes come in, packed traces or source maps go out. Several inputs come one after another.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { Inflating } from "../backends/inflating.ts";
import { UserError } from "../base/userError.ts";
import { createDecoding, type Decoding } from "../formats/decoding.ts";
import { readSourceMap } from "../source/maps/readSourceMap.ts";
import { wireError } from "../wire/channel.ts";
import { unpackTrace } from "../wire/pack.ts";
import type { FromDecode, ToDecode } from "./decodeMessages.ts";
import { decodeResult, mergedResult } from "./decodeResult.ts";
import type { MapAnswer, MapQuestion } from "./mapReader.ts";

type Begin = Extract<ToDecode, { kind: "begin" }>;

interface Job {
  readonly begin: Begin;
  readonly decoding: Decoding;
  readonly inflating: Inflating;
}

/** How much of a file is read at a time: what stays in a processor's cache until it has been walked. */
const readSize = 1 << 20;

const port = parentPort;
let job: Job | undefined;
/** Messages are taken in order, although inflating one takes a while. */
let last: Promise<void> = Promise.resolve();

port?.on("message", (message: ToDecode | MapQuestion) => {
  last = last.then(() => (message.kind === "sourceMap" ? answer(message) : take(message)));
});

function answer({ job: id, buffer, isScript }: MapQuestion): void {
  const read = readSourceMap(new Uint8Array(buffer), isScript);
  const { lineStart, column, source, sourceLine, sourceColumn } = read.map ?? {};
  const columns = [lineStart, column, source, sourceLine, sourceColumn].filter((one) => one !== undefined);
  const buffers = columns.map((one) => one.buffer);
  port?.postMessage({ job: id, read } satisfies MapAnswer, buffers);
}

async function take(message: ToDecode): Promise<void> {
  try {
    if (message.kind === "merge") merge(message);
    else if (message.kind === "begin") {
      job = newJob(message);
      if (message.path !== undefined) await readFile(job, message.path);
    } else if (job?.begin.job !== message.job) return;
    else if (message.kind === "end") await finish(job);
    else await feed(job, new Uint8Array(message.buffer, 0, message.length));
  } catch (error) {
    job = undefined;
    fail(message.job, error);
  }
}

function merge({ job: id, traces }: Extract<ToDecode, { kind: "merge" }>): void {
  const { result, hotspots } = mergedResult(traces.map(unpackTrace));
  send({ kind: "done", job: id, result }, result.trace === undefined ? [] : [result.trace]);
  send({ kind: "hotspots", job: id, hotspots: hotspots() });
}

function newJob(begin: Begin): Job {
  const { label } = begin.request;
  const decoding = createDecoding(label);
  return { begin, decoding, inflating: new Inflating(label, begin.maxInflated, decoding.write) };
}

async function feed({ begin, inflating }: Job, chunk: Uint8Array): Promise<void> {
  await inflating.write(chunk);
  send({ kind: "taken", job: begin.job, bytes: chunk.length });
}

/** Reads the file as long as it was when it was opened, so that one that keeps growing ends. */
async function readFile(current: Job, path: string): Promise<void> {
  const file = openSync(path, "r");
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new UserError(`${current.begin.request.label} is not a regular file.`);
    let left = stat.size;
    while (left > 0) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(left, readSize));
      const size = readSync(file, chunk);
      if (size === 0) break;
      left -= size;
      await feed(current, chunk.subarray(0, size));
    }
  } finally {
    closeSync(file);
  }
  await finish(current);
}

async function finish({ begin, decoding, inflating }: Job): Promise<void> {
  job = undefined;
  const note = await inflating.end();
  const { sink, format } = decoding.end();
  if (note !== "") sink.note(note);
  const { result, hotspots } = decodeResult(sink, format, begin.request);
  send({ kind: "done", job: begin.job, result }, result.trace === undefined ? [] : [result.trace]);
  send({ kind: "hotspots", job: begin.job, hotspots: hotspots() });
}

function fail(id: number, error: unknown): void {
  let defect = "";
  const crossing = wireError(error, (unexpected) => {
    defect = unexpected instanceof Error ? String(unexpected.stack) : String(unexpected);
  });
  send({ kind: "failed", job: id, error: crossing, defect });
}

function send(message: FromDecode, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
