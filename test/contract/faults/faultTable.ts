import { gzipSync } from "node:zlib";
import {
  cut,
  cutChunked,
  drip,
  redirect,
  reset,
  type Script,
  silence,
  stall,
  text,
} from "../../support/faultyServer.ts";

/** A server that was well turns so, and is well again after. */
export interface Fault {
  /** Of the list of conditions that a backend has to bear. */
  readonly id: string;
  readonly title: string;
  readonly script: Script;
  /** What a person is told, after the name and address of the server. */
  readonly says: RegExp;
  readonly code: string;
  /** Requests that one question sends, at most; 2 when undefined. */
  readonly most?: number;
  readonly totalMs?: number;
}

const padded = JSON.stringify({ data: ["x".repeat(5_000)] });
const packed = gzipSync(padded);

/** What a server can turn to. */
export const faults: readonly Fault[] = [
  {
    id: "A02",
    title: "says nothing",
    script: silence,
    says: /did not answer within 1 s/,
    code: "timeout",
    most: 1,
  },
  {
    id: "A02",
    title: "stops in the middle",
    script: stall,
    says: /stopped in the middle of its answer/,
    code: "timeout",
    most: 1,
  },
  {
    id: "A02",
    title: "drips",
    script: drip(20),
    says: /took longer than 0\.3 s to answer/,
    code: "timeout",
    most: 1,
    totalMs: 300,
  },
  {
    id: "A03",
    title: "sends less than it said",
    script: cut(padded, 2_000),
    says: /cut its answer off after 2,000 bytes/,
    code: "cutOff",
  },
  {
    id: "A03",
    title: "cuts a chunked answer",
    script: cutChunked(padded, 2_000),
    says: /cut its answer off after 2,000 bytes/,
    code: "cutOff",
  },
  {
    id: "A04",
    title: "redirects to a file",
    script: redirect("file:///etc/passwd"),
    says: /redirects to a file: address, which is not followed/,
    code: "redirect",
    most: 1,
  },
  {
    id: "A04",
    title: "redirects to FTP",
    script: redirect("ftp://a/b"),
    says: /redirects to a ftp: address/,
    code: "redirect",
    most: 1,
  },
  {
    id: "A04",
    title: "redirects to the cloud's own address",
    script: redirect("http://169.254.169.254/latest"),
    says: /redirects to http:\/\/169\.254\.169\.254, which/,
    code: "redirect",
    most: 1,
  },
  {
    id: "A04",
    title: "redirects in circles",
    script: redirect("/again"),
    says: /redirects in circles/,
    code: "redirect",
    most: 4,
  },
  {
    id: "A06",
    title: "fails",
    script: text("out of memory", 500),
    says: /failed \(500\): out of memory$/,
    code: "status",
    most: 1,
  },
  {
    id: "A06",
    title: "is not available",
    script: text("", 503),
    says: /is not available \(503\)$/,
    code: "busy",
  },
  {
    id: "A06",
    title: "wants an hour's rest",
    script: (response) => response.writeHead(503, { "retry-after": "3600" }).end(),
    says: /It asks to wait 60 min/,
    code: "busy",
    most: 1,
  },
  {
    id: "A07",
    title: "has had too many requests",
    script: text("slow down", 429),
    says: /too many requests \(429\): slow down$/,
    code: "busy",
  },
  {
    id: "A08",
    title: "wants to know who asks",
    script: text("who?", 401),
    says: /wants to know who asks \(401\): who\?$/,
    code: "unauthorized",
    most: 1,
  },
  {
    id: "A08",
    title: "forbids it",
    script: text("not you", 403),
    says: /does not allow this with the token or password it got \(403\)/,
    code: "unauthorized",
    most: 1,
  },
  {
    id: "A09",
    title: "says something hostile",
    script: text("boom <script>alert(1)</script>\u0007 $(gear)", 500),
    says: /\(500\): boom <script>alert\(1\)<\/script> \$\(gear\)$/,
    code: "status",
    most: 1,
  },
  {
    id: "A09",
    title: "says very much",
    script: text("x".repeat(100_000), 500),
    says: /\(500\): x{499}…$/,
    code: "status",
    most: 1,
  },
  {
    id: "A11",
    title: "packs garbage",
    script: (response) => response.end(Buffer.concat([packed.subarray(0, 12), Buffer.alloc(400, 0xff)])),
    says: /sent an answer that does not unpack/,
    code: "garbled",
    most: 1,
  },
  {
    id: "A12",
    title: "closes its half of the connection",
    script: (response) => response.socket?.end(),
    says: /closed the connection without an answer/,
    code: "reset",
  },
  {
    id: "A12",
    title: "answers in another protocol",
    script: (response) => response.socket?.end("SSH-2.0-OpenSSH_9.9\r\n"),
    says: /does not answer in HTTP/,
    code: "garbled",
    most: 1,
  },
  {
    id: "A12",
    title: "sends more headers than can be read",
    script: (response) => response.writeHead(200, { "x-long": "x".repeat(40_000) }).end("{}"),
    says: /answered with more headers than can be read/,
    code: "garbled",
    most: 1,
  },
  {
    id: "A12",
    title: "resets connections",
    script: reset,
    says: /closed the connection without an answer/,
    code: "reset",
  },
];
