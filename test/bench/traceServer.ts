import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Decoded } from "../../src/backends/backend.ts";
import { createChannel } from "../../src/wire/channel.ts";
import { detailParts, packOutline } from "../../src/wire/pack.ts";
import { pageHtml } from "../../src/wire/pageHtml.ts";
import type { TraceHost, TracePage } from "../../src/wire/protocol.ts";
import type { Message } from "../../src/wire/rpc.ts";
import { createDecoder } from "../../src/workers/decoder.ts";
import { lightTheme } from "../page/themes.ts";
import type { OpenTimes } from "./pageProbe.ts";
import type { TraceFile } from "./traceFiles.ts";

/** The built trace page with a host behind it that does what the editor's tab does. */
export interface TraceServer {
  readonly url: string;
  /** What came out of the decoder. */
  readonly decoded: Promise<Decoded>;
  /** When the page had its rows and all attributes, as its probe tells. Nothing else asks the page meanwhile. */
  readonly opened: Promise<OpenTimes>;
  /** ms from the request for the page to the decoded trace. */
  decodeMs(): number;
  close(): Promise<void>;
}

/**
 * Serves the page of the bundle in `dist`. The decode thread is started when the page is asked for, as the tab does when
 * it is made, and its answers cross as buffers.
 */
export async function serveTrace(file: TraceFile, dist: string): Promise<TraceServer> {
  const [script, style] = await Promise.all(
    ["js", "css"].map((end) => readFile(join(dist, "webview", `trace.${end}`))),
  );
  const decoder = createDecoder(join(dist, "decode.cjs"));
  const ended = new AbortController();
  let begin = (): void => {};
  const asked = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let decodeMs = 0;
  const decode = async (): Promise<Decoded> => {
    await asked;
    const began = performance.now();
    const done = await decoder.decodeFile(
      file.path,
      { traceId: "", want: "trace", label: "bench" },
      ended.signal,
    );
    decodeMs = performance.now() - began;
    return done;
  };
  const decoded = decode();
  decoded.catch(() => {});

  const waiting = new Map<number, ServerResponse>();
  const channel = createChannel<TracePage, TraceHost>((message) => {
    if (!("answer" in message)) return;
    const response = waiting.get(message.answer);
    if (response !== undefined) answer(response, message);
    waiting.delete(message.answer);
  }, host(decoded));

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const message = (await body(request)) as Message;
    if ("call" in message) waiting.set(message.call, response);
    else response.writeHead(204).end();
    channel.receive(message);
  };
  let tell = (_: OpenTimes): void => {};
  const opened = new Promise<OpenTimes>((resolve) => {
    tell = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url === "/times") {
      void body(request).then((times) => tell(times as OpenTimes));
      response.writeHead(204).end();
    } else if (request.url === "/") {
      begin();
      send(response, "text/html", surroundings);
    } else if (request.url === "/page.html") send(response, "text/html", page);
    else if (request.url === "/trace.js") send(response, "text/javascript", script);
    else if (request.url === "/trace.css") send(response, "text/css", style);
    else if (request.url === "/message") void receive(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = framed(
    pageHtml({
      cspSource: url,
      nonce: "bench",
      scriptUri: `${url}/trace.js`,
      styleUri: `${url}/trace.css`,
      title: "Trace",
    }),
  );
  return {
    url,
    decoded,
    opened,
    decodeMs: () => decodeMs,
    async close() {
      ended.abort();
      channel.dispose();
      decoder.dispose();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Answers `open` and `details` as the editor's tab does; of sources it knows none. */
function host(decoded: Promise<Decoded>): TraceHost {
  const trace = async () => {
    const { trace } = await decoded;
    if (trace === undefined) throw new Error("The file holds no trace.");
    return trace;
  };
  const nothing = { label: "", reason: "", confidence: "none", choices: [], advice: "" } as const;
  return {
    open: async () => {
      const { summaries } = await decoded;
      const opened = await trace();
      return {
        version: 1,
        outline: packOutline(opened),
        detailParts: detailParts(opened).parts,
        summary: summaries.find(({ traceId }) => traceId === opened.traceId) ?? summaries[0],
        siblings: summaries.slice(0, 500),
        from: "bench",
        notes: [],
        partial: false,
        growing: false,
        logs: 0,
        mergeable: false,
        select: -1,
        state: undefined,
        address: undefined,
      };
    },
    details: async (_, part) => detailParts(await trace()).part(part),
    logs: async () => [],
    openLogSource: async () => nothing,
    mergeFromAll: async () => {},
    locate: async () => nothing,
    openSource: async () => nothing,
    stackFrames: async () => [],
    openStackFrame: async () => nothing,
    followLink: async () => {},
    openSibling: async () => {},
    jump: async () => {},
    copy: async () => {},
    copyLink: async () => {},
    openUrl: async () => {},
    act: () => {},
    keep: () => {},
    report: (message) => console.error(`The page reports: ${message}`),
  };
}

/** Sends a message: the length of its JSON, its JSON, and the buffers that it names by their length. */
function answer(response: ServerResponse, message: Message): void {
  const buffers: ArrayBuffer[] = [];
  const json = JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof ArrayBuffer)) return value;
    buffers.push(value);
    return { $buffer: value.byteLength };
  });
  const head = Buffer.from(json);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const size = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 4 + head.length);
  response.writeHead(200, { "content-length": size });
  response.write(length);
  response.write(head);
  for (const buffer of buffers) response.write(Buffer.from(buffer));
  response.end();
}

/** The page as the editor frames it: its theme and the editor's API are there before the page's policy holds. */
function framed(html: string): string {
  const api = `
    const variables = ${JSON.stringify(lightTheme.variables)};
    for (const name in variables) document.documentElement.style.setProperty("--vscode-" + name, variables[name]);
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => parent.postMessage({ send: message }, "*"),
      getState: () => undefined,
      setState: (state) => state,
    });`;
  return html
    .replace("<head>", `<head><script>${api.replace(/<\//g, "<\\/")}</script>`)
    .replace("<body>", `<body class="${lightTheme.bodyClass}">`);
}

/** The window around the page: it carries messages between the page and the server, buffers as buffers. */
const surroundings = `<!DOCTYPE html><html><head><meta charset="utf-8"><link rel="icon" href="data:,"><style>
html, body, iframe { margin: 0; border: 0; width: 100%; height: 100%; display: block; overflow: hidden; }
</style></head><body><script>
addEventListener("message", async ({ data, source }) => {
  if (data.times) return void fetch("/times", { method: "POST", body: JSON.stringify(data.times) });
  const response = await fetch("/message", { method: "POST", body: JSON.stringify(data.send) });
  if (response.status === 204) return;
  const whole = await response.arrayBuffer();
  const head = new DataView(whole).getUint32(0, true);
  const buffers = [];
  let at = 4 + head;
  const message = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, head)), (key, value) => {
    if (value === null || typeof value !== "object" || typeof value.$buffer !== "number") return value;
    buffers.push(whole.slice(at, at += value.$buffer));
    return buffers[buffers.length - 1];
  });
  source.postMessage(message, "*", buffers);
});
</script><iframe src="/page.html"></iframe></body></html>`;

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response
    .writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" })
    .end(body);
}
