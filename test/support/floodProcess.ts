// Sends traces of ten spans over OTLP/HTTP, protobuf, at a steady rate: node floodProcess.ts <port> <spans a second> <seconds>.
// Prints what came of it as one line of JSON.
import { randomFillSync } from "node:crypto";
import { Agent, request } from "node:http";

/** What a flood came to; times are ms. */
export interface FloodFigures {
  readonly sent: number;
  readonly stored: number;
  /** Answered with 429 or 503: to be sent again. */
  readonly refused: number;
  /** From a request to its answer. */
  readonly p50: number;
  readonly p99: number;
}

const spansPerTrace = 10;
const tracesPerRequest = 50;
/** Requests on their way at a time; what is due beyond that waits. */
const mostUnderway = 64;

const [port, rate, seconds] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true });
const template = traceTemplate();

let sent = 0;
let stored = 0;
let refused = 0;
let underway = 0;
const times: number[] = [];
const began = performance.now();
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const elapsed = (performance.now() - began) / 1_000;
    const due = Math.min(elapsed, seconds) * rate;
    while (sent + spansPerTrace * tracesPerRequest <= due && underway < mostUnderway) void send();
    if (elapsed < seconds || underway > 0) return;
    clearInterval(timer);
    resolve();
  }, 5);
});
agent.destroy();
times.sort((a, b) => a - b);
const at = (part: number) => Math.round(times[Math.floor((times.length - 1) * part)] ?? 0);
const figures: FloodFigures = { sent, stored, refused, p50: at(0.5), p99: at(0.99) };
console.log(JSON.stringify(figures));

async function send(): Promise<void> {
  const spans = spansPerTrace * tracesPerRequest;
  sent += spans;
  underway++;
  const start = performance.now();
  const status = await post(Buffer.concat(Array.from({ length: tracesPerRequest }, newTrace)));
  times.push(performance.now() - start);
  underway--;
  if (status === 200) stored += spans;
  else if (status === 429 || status === 503) refused += spans;
  else throw new Error(`The receiver answered ${status}.`);
}

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
    const asked = request({ agent, port, host: "127.0.0.1", method: "POST", path: "/v1/traces", headers });
    asked.on("error", reject);
    asked.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    asked.end(body);
  });
}

/** The template with an id of its own, and happening now. */
function newTrace(): Buffer {
  const { bytes, ids, starts } = template;
  const trace = Buffer.from(bytes);
  randomFillSync(trace, ids[0], 16);
  for (const place of ids) trace.copy(trace, place, ids[0], ids[0] + 16);
  const now = BigInt(Date.now()) * 1_000_000n;
  starts.forEach((place, i) => {
    const start = now + BigInt(i * 1_000_000);
    trace.writeBigUInt64LE(start, place);
    trace.writeBigUInt64LE(start + BigInt((spansPerTrace - i) * 2_000_000), place + 9);
  });
  return trace;
}

/** A ResourceSpans message, and where in it the ids of the trace and the start times of its spans stand. */
function traceTemplate(): { bytes: Buffer; ids: number[]; starts: number[] } {
  const idMark = Buffer.alloc(16, 0xa5);
  const timeMark = Buffer.alloc(8, 0x5a);
  const spans = Array.from({ length: spansPerTrace }, (_, i) =>
    bytesField(
      0x12,
      bytesField(0x0a, idMark),
      bytesField(0x12, spanId(i + 1)),
      ...(i === 0 ? [] : [bytesField(0x22, spanId(i))]),
      bytesField(0x2a, Buffer.from(i === 0 ? "POST /flood" : `step ${i}`)),
      Buffer.from([0x30, i === 0 ? 2 : 1, 0x39]),
      timeMark,
      Buffer.from([0x41]),
      Buffer.alloc(8),
      textAttribute(0x4a, "code.file.path", "pricing/src/taxes.ts"),
      bytesField(
        0x4a,
        bytesField(0x0a, Buffer.from("code.line.number")),
        bytesField(0x12, Buffer.from([0x18, 22])),
      ),
      textAttribute(0x4a, "http.request.method", "POST"),
      textAttribute(0x4a, "url.path", "/flood"),
      textAttribute(0x4a, "server.address", "127.0.0.1"),
    ),
  );
  const bytes = bytesField(
    0x0a,
    bytesField(0x0a, textAttribute(0x0a, "service.name", "flood")),
    bytesField(0x12, ...spans),
  );
  return { bytes, ids: placesOf(bytes, idMark), starts: placesOf(bytes, timeMark) };
}

function placesOf(bytes: Buffer, mark: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) places.push(at);
  return places;
}

function textAttribute(tag: number, key: string, value: string): Buffer {
  return bytesField(
    tag,
    bytesField(0x0a, Buffer.from(key)),
    bytesField(0x12, bytesField(0x0a, Buffer.from(value))),
  );
}

function spanId(number: number): Buffer {
  return Buffer.from([0, 0, 0, 0, 0, 0, 1, number]);
}

function bytesField(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const head = [tag];
  let { length } = content;
  for (; length > 127; length >>>= 7) head.push((length & 127) | 128);
  return Buffer.concat([Buffer.from([...head, length]), content]);
}
