import { mkdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Frame, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.ts";
import type { TraceSummary } from "../../src/model/summary.ts";
import { type Outline, Status, type Trace } from "../../src/model/trace.ts";
import { type Channel, createChannel } from "../../src/wire/channel.ts";
import { packDetails, packOutline } from "../../src/wire/pack.ts";
import { pageHtml } from "../../src/wire/pageHtml.ts";
import type { Opened, SourceAnswer, TraceHost, TracePage } from "../../src/wire/protocol.ts";
import type { Message } from "../../src/wire/rpc.ts";
import { lightTheme, type PageTheme } from "../page/themes.ts";

/** A trace page as the editor shows it: in a frame of its own, under the production policy, with a host behind it. */
export interface ShownPage {
  /** The window around the page. */
  readonly page: Page;
  /** The page itself. */
  readonly frame: Frame;
  /** The editor's end of the line. */
  readonly channel: Channel<TracePage>;
  /** Every call of the page, as "method(arguments)". */
  readonly calls: readonly string[];
  /** What the browser's policy has refused so far, errors thrown in the page, and defects it has reported. */
  problems(): Promise<readonly string[]>;
  /** The page goes and comes again, as when its tab is hidden and shown; what it saved stays. */
  reload(): Promise<void>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly trace?: Trace;
  readonly theme?: PageTheme;
  readonly width?: number;
  readonly height?: number;
  /** Device px per px, for zoomed pages. */
  readonly zoom?: number;
  /** What the page saved in an earlier life. */
  readonly saved?: unknown;
  /** Methods that differ from those of a host that has `trace` at hand. */
  readonly host?: Partial<TraceHost>;
  /** Whether to wait until the attributes are there; true unless said otherwise. */
  readonly settled?: boolean;
}

let browser: Promise<Browser> | undefined;

const open = new Set<ShownPage>();

/** Ends the browser that the tests of a file share, and the pages that a failed test has left open. */
export async function closeBrowser(): Promise<void> {
  await Promise.all([...open].map((page) => page.close()));
  const running = await browser;
  browser = undefined;
  await running?.close();
}

/** Opens the trace page in Chromium on a host made of `options`. */
export async function showTracePage(options: PageOptions): Promise<ShownPage> {
  browser ??= launchChromium();
  const theme = options.theme ?? lightTheme;
  const context = await (await browser).newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    deviceScaleFactor: options.zoom ?? 1,
  });
  const page = await context.newPage();
  const calls: string[] = [];
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });

  const waiting = new Map<number, ServerResponse>();
  const host: TraceHost = { ...traceHost(options.trace), ...options.host };
  const channel = createChannel<TracePage, TraceHost>(
    (message) => {
      if ("answer" in message) {
        waiting.get(message.answer)?.end(encoded(message));
        waiting.delete(message.answer);
      } else
        void page
          .evaluate((sent) => window.postMessage({ deliver: sent }), message as object)
          .catch(() => {});
    },
    recorded(host, calls, problems),
    (error) => problems.push(String(error)),
  );
  const assets = await builtPage();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/message") void receive(request, response);
    else if (path === "/page.html") send(response, "text/html", framed(pageDocument(), theme));
    else if (path === "/trace.js") send(response, "text/javascript", assets.script);
    else if (path === "/trace.css") send(response, "text/css", assets.style);
    else if (path === "/") send(response, "text/html", surroundings);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let loads = 0;
  const pageDocument = () =>
    pageHtml({
      cspSource: origin,
      nonce: `nonce${++loads}`,
      scriptUri: `${origin}/trace.js`,
      styleUri: `${origin}/trace.css`,
      title: "Trace",
    });
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const message = JSON.parse(Buffer.concat(chunks).toString()) as Message;
    if ("call" in message) waiting.set(message.call, response);
    else response.writeHead(204).end();
    channel.receive(message);
  };

  await page.goto(`${origin}/`);
  await page.evaluate((saved) => window.postMessage({ start: true, saved }), options.saved as object);
  const settled = async () => {
    const handle = await page.waitForSelector("iframe.page");
    const frame = (await handle.contentFrame())!;
    if (options.settled !== false) await frame.waitForFunction(() => "traceSettled" in document.body.dataset);
    return frame;
  };
  let frame = await settled();

  const shown: ShownPage = {
    page,
    get frame() {
      return frame;
    },
    channel,
    calls,
    async problems() {
      const refused = await frame.evaluate(() => (window as unknown as { refused: string[] }).refused);
      return [...problems, ...refused];
    },
    async reload() {
      await page.evaluate(() => window.postMessage({ start: true }));
      await page.waitForFunction(() => (window as unknown as { starts: number }).starts > 1);
      frame = await settled();
    },
    async screenshot(name) {
      const folder = join(import.meta.dirname, "..", "..", ".cache", "screenshots");
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    async close() {
      open.delete(shown);
      channel.dispose();
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  open.add(shown);
  return shown;
}

/** What a host with the trace at hand answers; without one it refuses. */
/** What the editor answers to `open()` for a whole trace of a file, with what is changed of it. */
export function openedTrace(trace: Trace, change: Partial<Opened> = {}): Opened {
  return {
    version: 1,
    outline: packOutline(trace),
    detailParts: packDetails(trace).length,
    summary: summaryOf(trace),
    siblings: [],
    from: "shop.otlp.jsonl",
    notes: [],
    partial: false,
    growing: false,
    logs: 0,
    mergeable: false,
    select: -1,
    state: undefined,
    address: { kind: "test" },
    ...change,
  };
}

function traceHost(trace: Trace | undefined): TraceHost {
  const parts = trace === undefined ? [] : packDetails(trace);
  const nothing: SourceAnswer = {
    label: "",
    reason: "The span does not say which line made it.",
    confidence: "none",
    choices: [],
    advice: "Set code.file.path and code.line.number on the span.",
  };
  return {
    open: async () => {
      if (trace === undefined) throw new Error("There is no trace.");
      return openedTrace(trace);
    },
    details: async (_, part) => parts[part].slice(0),
    logs: async () => [],
    openLogSource: async () => nothing,
    mergeFromAll: async () => {},
    openSource: async () => nothing,
    locate: async () => nothing,
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
    report: () => {},
  };
}

/** The summary of a trace, as the editor has it. */
export function summaryOf(trace: Outline): TraceSummary {
  let errors = 0;
  for (const status of trace.status) if (status === Status.error) errors++;
  const counts = new Uint32Array(trace.services.length);
  for (let row = 0; row < trace.length; row++) counts[trace.service[row]]++;
  return {
    traceId: trace.traceId,
    rootService: trace.length === 0 ? "" : trace.labels.at(trace.services[trace.service[0]]),
    rootName: trace.length === 0 ? "" : trace.labels.at(trace.name[0]),
    startMs: Number(trace.epoch / 1_000_000n),
    durationNs: trace.end,
    spans: trace.length,
    errors,
    services: Array.from(counts, (spans, i) => ({ name: trace.labels.at(trace.services[i]), spans })),
  };
}

function recorded(host: TraceHost, calls: string[], problems: string[]): TraceHost {
  return new Proxy(host, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => {
        if (name === "report") problems.push(String(args[0]));
        calls.push(`${String(name)}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
        return Reflect.apply(method, target, args);
      };
    },
  });
}

let built: Promise<{ script: Buffer; style: Buffer }> | undefined;

/** The page's bundle, made the way `build.mjs` makes it for a release. */
function builtPage(): Promise<{ script: Buffer; style: Buffer }> {
  built ??= build({
    entryPoints: [
      { in: join(import.meta.dirname, "../../webview/trace/main.ts"), out: "trace" },
      { in: join(import.meta.dirname, "../../webview/trace/style.css"), out: "trace" },
    ],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "chrome134",
    legalComments: "none",
    write: false,
    outdir: "/",
  }).then((result) => {
    const file = (end: string) =>
      Buffer.from(result.outputFiles.find((each) => each.path.endsWith(end))!.contents);
    return { script: file(".js"), style: file(".css") };
  });
  return built;
}

/** The page's document as the editor puts it into a frame: theme and API come before the page's policy holds. */
function framed(html: string, theme: PageTheme): string {
  const api = `
    window.refused = [];
    addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective + " " + event.blockedURI));
    const variables = ${JSON.stringify(theme.variables)};
    for (const name in variables) document.documentElement.style.setProperty("--vscode-" + name, variables[name]);
    window.acquireVsCodeApi = () => {
      delete window.acquireVsCodeApi;
      return {
        postMessage: (message) => parent.postMessage({ send: message }, "*"),
        getState: () => parent.saved,
        setState: (state) => { parent.saved = JSON.parse(JSON.stringify(state)); return state; },
      };
    };`;
  return html
    .replace("<head>", `<head><script>${api.replace(/<\//g, "<\\/")}</script>`)
    .replace("<body>", `<body class="${theme.bodyClass}" data-vscode-theme-id="${theme.name}">`);
}

/** The window around the page: it carries messages between the page and the server, buffers as buffers. */
const surroundings = `<!DOCTYPE html><html><head><meta charset="utf-8"><link rel="icon" href="data:,"><style>
html, body, iframe { margin: 0; border: 0; width: 100%; height: 100%; display: block; overflow: hidden; }
</style></head><body><script>
window.starts = 0;
addEventListener("message", async ({ data }) => {
  if (data.start) {
    if ("saved" in data) window.saved = data.saved;
    document.querySelector("iframe")?.remove();
    const frame = document.createElement("iframe");
    frame.className = "page";
    frame.src = "/page.html";
    frame.onload = () => frame.contentWindow.focus();
    document.body.append(frame);
    window.starts++;
  } else if (data.deliver) {
    document.querySelector("iframe")?.contentWindow.postMessage(data.deliver, "*");
  } else if (data.send) {
    const frame = document.querySelector("iframe");
    const response = await fetch("/message", { method: "POST", body: JSON.stringify(data.send) });
    if (response.status === 204) return;
    const whole = await response.arrayBuffer();
    const view = new DataView(whole);
    const head = view.getUint32(0, true);
    let at = 4 + head;
    const buffers = [];
    const message = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, head)), (key, value) => {
      if (value === null || typeof value !== "object" || typeof value.$buffer !== "number") return value;
      const buffer = whole.slice(at, at + value.$buffer);
      at += value.$buffer;
      buffers.push(buffer);
      return buffer;
    });
    frame.contentWindow?.postMessage(message, "*", buffers);
  }
});
</script></body></html>`;

/** A message whose ArrayBuffers follow its JSON. */
function encoded(message: Message): Buffer {
  const buffers: Buffer[] = [];
  const json = JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof ArrayBuffer)) return value;
    buffers.push(Buffer.from(value));
    return { $buffer: value.byteLength };
  });
  const head = Buffer.from(json);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...buffers]);
}

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response
    .writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" })
    .end(body);
}
