import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { pythonSdk } from "../preload/tracingSdks.ts";
import {
  caretAt,
  choose,
  openSideBar,
  picture,
  shownTrace,
  sideBarRow,
  windowStory,
} from "../support/editorWindowStory.ts";

/** A workspace whose programs write their environment into a file. */
function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), "tl-traced-"));
  const shop = join(folder, "shop");
  mkdirSync(join(shop, ".vscode"), { recursive: true });
  writeFileSync(
    join(shop, "write.cjs"),
    'require("node:fs").writeFileSync(process.argv[2], JSON.stringify(process.env));\n',
  );
  const launch = { type: "node", request: "launch", program: join(shop, "write.cjs") };
  const configurations = [
    { ...launch, name: "gateway", args: ["debug.json"], env: { OTEL_BSP_SCHEDULE_DELAY: "100" } },
    { ...launch, name: "elsewhere", args: ["elsewhere.json"], envFile: join(shop, ".env") },
  ];
  writeFileSync(join(shop, ".env"), "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.invalid:4318\n");
  const tasks = [
    {
      label: "by shell",
      type: "shell",
      command: "node",
      args: ["write.cjs", "task.json"],
      problemMatcher: [],
    },
    {
      label: "by process",
      type: "process",
      command: "node",
      args: ["write.cjs", "process.json"],
      problemMatcher: [],
    },
  ];
  writeFileSync(join(shop, ".vscode", "launch.json"), JSON.stringify({ version: "0.2.0", configurations }));
  writeFileSync(join(shop, ".vscode", "tasks.json"), JSON.stringify({ version: "2.0.0", tasks }));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return shop;
}

/** The environment that a program wrote, once it has. */
async function written(folder: string, file: string): Promise<Record<string, string>> {
  for (let tries = 0; tries < 300; tries++) {
    try {
      return JSON.parse(readFileSync(join(folder, file), "utf8"));
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${file} was not written`);
}

async function inTerminal(window: EditorWindow, line: string): Promise<void> {
  await window.page.locator(".terminal.xterm.focus, .terminal-wrapper.active .xterm").first().click();
  await window.page.keyboard.type(line);
  await window.page.keyboard.press("Enter");
}

const orderProgram = `import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = trace.get_tracer("shop")


def place_order():
    with tracer.start_as_current_span("place order"):
        reserve_stock()


def reserve_stock():
    with tracer.start_as_current_span("reserve stock"):
        time.sleep(0.08)


place_order()
`;

let python = "";
let shop = "";
before(async () => {
  python = await pythonSdk().catch(() => "");
});

/** Free ports, as settings of the machine, which these are. */
const machineSettings = { "traceline.receiver.httpPort": 0, "traceline.receiver.grpcPort": 0 };
const settings = () => ({
  "terminal.integrated.gpuAcceleration": "off",
  "terminal.integrated.env.linux": { OTEL_METRICS_EXPORTER: "otlp" },
  "task.allowAutomaticTasks": "off",
});

windowStory(
  "Run with Tracing starts the receiver; terminals, tasks and debug sessions then send it their traces",
  {
    on: ["newest", "oldest"],
    settings,
    machineSettings,
    folder: () => {
      shop = workspace();
      return shop;
    },
  },
  async (window) => {
    await window.command("Traceline: Run with Tracing");
    await choose(window, "gateway");
    const debug = await written(shop, "debug.json");
    const endpoint = debug.OTEL_EXPORTER_OTLP_ENDPOINT;
    assert.match(endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(debug.OTEL_EXPORTER_OTLP_PROTOCOL, "http/protobuf");
    assert.equal(debug.OTEL_SERVICE_NAME, "gateway");
    assert.equal(debug.OTEL_BSP_SCHEDULE_DELAY, "100");
    assert.match(debug.NODE_OPTIONS, /--require "?[^"]+node\.cjs/);
    const answer = await fetch(`${endpoint}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"resourceSpans":[]}',
    });
    assert.equal(answer.status, 200);

    await window.command("Traceline: Run with Tracing");
    await picture(window, "run-with-tracing");
    await choose(window, "elsewhere");
    const elsewhere = await written(shop, "elsewhere.json");
    assert.equal(elsewhere.OTEL_EXPORTER_OTLP_ENDPOINT, "http://collector.invalid:4318");
    assert.equal(elsewhere.OTEL_EXPORTER_OTLP_PROTOCOL, undefined);

    await window.command("Traceline: Run with Tracing");
    await choose(window, "Open a Terminal");
    await window.page.locator(".terminal-wrapper.active .xterm").first().waitFor();
    await inTerminal(window, "node write.cjs terminal.json");
    const terminal = await written(shop, "terminal.json");
    assert.equal(terminal.OTEL_EXPORTER_OTLP_ENDPOINT, endpoint);
    assert.equal(terminal.OTEL_SERVICE_NAME, "shop");
    assert.equal(terminal.OTEL_METRICS_EXPORTER, "otlp");
    assert.match(terminal.NODE_OPTIONS, /--require "?[^"]+node\.cjs/);
    assert.match(terminal.PYTHONPATH, /preload\/python/);
    await picture(window, "traced-terminal");

    for (const [label, file] of [
      ["by process", "process.json"],
      ["by shell", "task.json"],
    ]) {
      await window.command("Tasks: Run Task");
      await choose(window, label);
      const task = await written(shop, file);
      assert.equal(task.OTEL_EXPORTER_OTLP_ENDPOINT, endpoint, label);
      assert.equal(task.OTEL_SERVICE_NAME, "shop", label);
    }

    await window.command("Traceline: Stop Receiver");
    await window.command("Terminal: Create New Terminal");
    await window.page.locator(".terminal-wrapper.active .xterm").first().waitFor();
    await inTerminal(window, "node write.cjs untraced.json");
    const untraced = await written(shop, "untraced.json");
    assert.equal(untraced.OTEL_EXPORTER_OTLP_ENDPOINT, undefined);
    assert.equal(untraced.NODE_OPTIONS ?? "", "");
  },
);

windowStory(
  "With traceline.tracing.tasks off, terminals are traced and tasks are not",
  {
    on: ["newest", "oldest"],
    settings: () => ({ ...settings(), "traceline.tracing.tasks": false }),
    machineSettings,
    folder: () => {
      shop = workspace();
      return shop;
    },
  },
  async (window) => {
    await window.command("Traceline: Run with Tracing");
    await choose(window, "Open a Terminal");
    await window.page.locator(".terminal-wrapper.active .xterm").first().waitFor();
    // The shell has the variables when it prompts; what is typed before that waits for it.
    await inTerminal(window, "node write.cjs terminal.json");
    const terminal = await written(shop, "terminal.json");
    assert.match(terminal.OTEL_EXPORTER_OTLP_ENDPOINT, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(terminal.OTEL_SERVICE_NAME, "shop");
    assert.match(terminal.NODE_OPTIONS, /--require "?[^"]+node\.cjs/);
    assert.match(terminal.PYTHONPATH, /preload\/python/);
    for (const [label, file] of [
      ["by process", "process.json"],
      ["by shell", "task.json"],
    ]) {
      await window.command("Tasks: Run Task");
      await choose(window, label);
      const task = await written(shop, file);
      assert.equal(task.OTEL_EXPORTER_OTLP_ENDPOINT, undefined, label);
      assert.equal(task.NODE_OPTIONS ?? "", "", label);
    }
  },
);

windowStory(
  "A Python program in a traced terminal: its trace stands in the side bar, and its slow span leads to its line",
  {
    settings,
    machineSettings,
    folder: () => {
      shop = workspace();
      writeFileSync(join(shop, "order.py"), orderProgram);
      return shop;
    },
  },
  async (window) => {
    if (python === "") return skipOrFail("the SDK for Python cannot be installed here");
    await openSideBar(window);
    await window.command("Traceline: Run with Tracing");
    await choose(window, "Open a Terminal");
    await window.page.locator(".terminal-wrapper.active .xterm").first().waitFor();
    await inTerminal(window, `${python} order.py`);
    const row = sideBarRow(window, "shop · place order");
    await row.waitFor();
    await row.click();
    const shown = await shownTrace(window, "reserve stock");
    await picture(window, "traced-python");
    await shown.select("reserve stock");
    await window.page.keyboard.press("Enter");
    const line = orderProgram.split("\n").findIndex((text) => text.includes('"reserve stock"')) + 1;
    await caretAt(window, `order.py:${line}`);
    await window
      .codeLens(/1 call/)
      .first()
      .waitFor();
    await picture(window, "traced-python-line");
  },
);

windowStory(
  "Add Source Lines to Spans shows or inserts what its language needs; Set Up Tracing names its commands first",
  {
    settings,
    machineSettings,
    folder: () => {
      shop = workspace();
      writeFileSync(join(shop, "order.py"), "");
      writeFileSync(join(shop, "go.mod"), "module example.com/shop\n");
      return shop;
    },
  },
  async (window) => {
    const { page } = window;
    await window.openFile("order.py");
    // The tab is there before its text is.
    await page.locator(".statusbar-item", { hasText: "Python" }).waitFor();
    await window.command("Traceline: Add Source Lines to Spans");
    await window.quickPicks().first().filter({ hasText: "Python" }).waitFor();
    assert.match((await window.quickPicks().nth(1).textContent()) ?? "", /Go.*in this workspace/);
    await choose(window, "Python");
    await window.quickPicks().filter({ hasText: "insert at the caret" }).click();
    await page.locator(".view-lines", { hasText: "class SourceLines(SpanProcessor)" }).waitFor();
    await picture(window, "source-lines");
    await window.command("File: Revert File");
    await window.command("Traceline: Add Source Lines to Spans");
    await choose(window, "Go");
    await choose(window, "Span processor");
    await page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
    await page.locator(".view-lines", { hasText: "type SourceLines struct" }).waitFor();

    await window.command("Traceline: Set Up Tracing");
    await choose(window, "Python");
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    assert.match((await dialog.textContent()) ?? "", /opentelemetry-bootstrap -a install/);
    await picture(window, "set-up-tracing");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.locator(".terminal-wrapper").count(), 0);
  },
);
