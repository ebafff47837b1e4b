import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import {
  assertNoRefusals,
  choose,
  openSideBar,
  picture,
  type ShownTrace,
  shownTrace,
  sideBarRow,
  windowStory,
} from "../support/editorWindowStory.ts";
import { freePorts } from "../support/freePort.ts";
import { newTraceId, sendLog, sendSpans } from "../support/otlpSender.ts";

const [httpPort, grpcPort] = await freePorts(2);
const machineSettings = { "traceline.receiver.httpPort": httpPort, "traceline.receiver.grpcPort": grpcPort };

/** An empty workspace of its own. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tl-received-"));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

async function startReceiver(window: EditorWindow): Promise<void> {
  await openSideBar(window);
  await window.command("Traceline: Start Receiver");
  await window.notification(new RegExp(`Receiving at http://127.0.0.1:${httpPort}`)).waitFor();
}

/** The rows as they are on screen: name, service and duration. */
async function rowsOf(trace: ShownTrace): Promise<string[]> {
  return trace.frame.locator(".span-row").allTextContents();
}

windowStory(
  "A port that is taken names its owner, nothing moves without a yes, and Use Free Ports receives elsewhere",
  { machineSettings },
  async (window) => {
    const { page } = window;
    const owner = await listening(httpPort);
    try {
      await openSideBar(window);
      await window.command("Traceline: Run with Tracing");
      await choose(window, "Open a Terminal");
      const message = window.notification(`Port ${httpPort} is in use by`);
      await message.waitFor();
      assert.match(
        (await message.textContent()) ?? "",
        new RegExp(`in use by node \\(process ${process.pid}\\)`),
      );
      await picture(window, "receive-port-taken");
      const status = page.locator('.statusbar-item[id$="traceline.receiver"]');
      assert.equal(((await status.textContent()) ?? "").trim(), "Receiver");
      await message.getByRole("button", { name: "Use Free Ports" }).click();
      const said = window.notification(/Receiving at/);
      await said.waitFor();
      // What was asked for goes on.
      await page.locator(".terminal-wrapper .xterm").first().waitFor();
      const at = /http:\/\/127\.0\.0\.1:(\d+) \(HTTP\)/.exec((await said.textContent()) ?? "");
      assert.ok(at);
      assert.notEqual(Number(at[1]), httpPort);
      await picture(window, "receive-free-ports");
      await sendSpans(Number(at[1]), newTraceId(), [{ id: 1, name: "GET /elsewhere", ms: 3 }]);
      await sideBarRow(window, "shop · GET /elsewhere").waitFor();
    } finally {
      await new Promise((resolve) => owner.close(resolve));
    }
  },
);

let folder = "";
windowStory(
  "Received traces are exported to a file that opens as the same waterfall with its log records, and all deleted after a question",
  {
    machineSettings,
    folder: () => {
      folder = emptyFolder();
      return folder;
    },
  },
  async (window) => {
    const { page } = window;
    await startReceiver(window);
    const traceId = newTraceId();
    await sendSpans(httpPort, traceId, [
      { id: 1, name: "GET /orders", ms: 400 },
      { id: 2, parent: 1, name: "read orders", at: 20, ms: 100 },
      { id: 3, parent: 1, name: "load prices", at: 130, ms: 50, service: "pricing" },
    ]);
    await sendLog(httpPort, traceId, 3, "a price is missing");
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "GET /carts", ms: 12 }]);
    await sideBarRow(window, "shop · GET /carts").waitFor();
    await sideBarRow(window, "shop · GET /orders").click();
    const received = await rowsOf(await shownTrace(window, "load prices"));
    assert.equal(received.length, 3);
    await window.command("View: Close All Editors");

    await window.command("Traceline: Export Received Traces");
    const box = page.locator(".quick-input-widget:visible input.input");
    await box.waitFor();
    await picture(window, "receive-export");
    const file = join(folder, "kept.otlp.jsonl");
    // The dialog puts the proposed name in only once it has listed the folder, over what has been typed before.
    for (let tries = 0; !(await box.inputValue()).endsWith("received.otlp.jsonl"); tries++) {
      assert.ok(tries < 600, "The dialog proposes no name");
      await page.waitForTimeout(100);
    }
    await box.fill(file);
    await page.keyboard.press("Enter");
    const exported = window.notification("Exported 2 traces to kept.otlp.jsonl");
    await exported.waitFor();
    await picture(window, "receive-exported");
    const lines = readFileSync(file, "utf8").trim().split("\n");
    assert.equal(lines.length, 2);
    assert.ok(lines.some((line) => line.includes(traceId)));
    await exported.getByRole("button", { name: "Open" }).click();
    const opened = await shownTrace(window, "load prices");
    assert.deepEqual(await rowsOf(opened), received);
    await opened.select("load prices");
    await page.keyboard.press("o");
    await opened.frame.locator(".logs-head + .logs .log-body", { hasText: "a price is missing" }).waitFor();
    await picture(window, "receive-export-opened");

    await window.command("Traceline: Delete All Received Traces");
    const dialog = page.locator(".monaco-dialog-box", { hasText: "Delete all received traces?" });
    await dialog.waitFor();
    assert.match((await dialog.textContent()) ?? "", /2 traces with 4 spans/);
    await picture(window, "receive-delete");
    await dialog.getByRole("button", { name: "Delete All" }).click();
    await window.notification("Deleted 2 traces.").waitFor();
    await page
      .locator(".part.sidebar .monaco-list-row", { hasText: "GET /carts" })
      .waitFor({ state: "detached" });
    await picture(window, "receive-deleted");
    assertNoRefusals(window);
  },
);

windowStory(
  "The ID of a received trace is a link in a log file and in a terminal, whatever stands around it; a commit is none",
  {
    machineSettings,
    userSettings: { "terminal.integrated.gpuAcceleration": "off" },
    folder: () => {
      folder = emptyFolder();
      return folder;
    },
  },
  async (window) => {
    const { page } = window;
    await startReceiver(window);
    const traceId = newTraceId();
    const lines = [
      `12:00:01 INFO [${traceId}] order placed`,
      `12:00:02 INFO [${newTraceId()}] order forgotten`,
      "12:00:03 INFO built from 9c804e3f1d2b6a7c8e9f0a1b2c3d4e5f60718293",
      "12:00:04 INFO md5 d41d8cd98f00b204e9800998ecf8427e",
    ];
    writeFileSync(join(folder, "shop.log"), `${lines.join("\n")}\n`);
    await sendSpans(httpPort, traceId, [
      { id: 1, name: "POST /orders", ms: 40 },
      { id: 2, parent: 1, name: "write order", at: 5, ms: 30 },
    ]);
    await sideBarRow(window, "shop · POST /orders").waitFor();
    await window.openFile("shop.log");
    const links = page.locator(".monaco-editor .detected-link");
    await links.first().waitFor();
    await picture(window, "receive-log-link");
    assert.deepEqual(await links.allTextContents(), [traceId]);
    await links.first().click({ modifiers: ["ControlOrMeta"] });
    await shownTrace(window, "write order");

    await window.command("View: Close All Editors");
    await window.command("Terminal: Create New Terminal");
    await page.locator(".terminal-wrapper.active .xterm").first().click();
    await page.keyboard.type("clear; cat shop.log");
    await page.keyboard.press("Enter");
    const place = await terminalPlace(window, traceId);
    await page.mouse.move(place.x, place.y);
    await page.mouse.move(place.x + 2, place.y);
    await page.getByText("Open trace in Traceline").waitFor();
    await picture(window, "receive-terminal-link");
    await page.keyboard.down("Control");
    await page.mouse.click(place.x, place.y);
    await page.keyboard.up("Control");
    await shownTrace(window, "write order");
  },
);

/** Where a text stands on screen in the active terminal. */
async function terminalPlace(window: EditorWindow, text: string): Promise<{ x: number; y: number }> {
  const rows = window.page.locator(".terminal-wrapper.active .xterm .xterm-rows > div");
  const line = rows.filter({ hasText: text }).last();
  await line.waitFor();
  return line.evaluate((row, wanted) => {
    const span = row.querySelector("span");
    const box = row.getBoundingClientRect();
    const width = (span?.getBoundingClientRect().width ?? 0) / (span?.textContent?.length ?? 1);
    const column = (row.textContent ?? "").indexOf(wanted) + wanted.length / 2;
    return { x: box.left + column * width, y: box.top + box.height / 2 };
  }, text);
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
