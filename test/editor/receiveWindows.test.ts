import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { EditorWindow } from "../../scripts/editorWindow.ts";
import { windowUrl } from "../../scripts/vscodeServer.ts";
import { openSideBar, picture, sideBarRow, windowStory } from "../support/editorWindowStory.ts";
import { freePorts } from "../support/freePort.ts";
import { newTraceId, sendSpans } from "../support/otlpSender.ts";

const [httpPort, grpcPort] = await freePorts(2);
const machineSettings = {
  "traceline.receiver.httpPort": httpPort,
  "traceline.receiver.grpcPort": grpcPort,
  "traceline.receiver.startAutomatically": true,
};

/** A second window of the same person: extension host and memory of its own, the storage shared. */
async function secondWindow(first: EditorWindow, folder: string): Promise<EditorWindow> {
  const browser = first.page.context().browser();
  assert.ok(browser);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const second = new EditorWindow(first.server, browser, page);
  await page.goto(windowUrl(first.server, { folder }), { waitUntil: "commit" });
  await second.waitUntilReady();
  return second;
}

/** What the receiver's item of the status bar says to who cannot see it. */
function status(window: EditorWindow, says: RegExp) {
  const item = window.page.locator('.statusbar-item[id$="traceline.receiver"]');
  return item.filter({ has: window.page.getByRole("button", { name: says }) });
}

async function statusText(window: EditorWindow): Promise<string> {
  const item = window.page.locator('.statusbar-item[id$="traceline.receiver"]');
  return (await item.getByRole("button").getAttribute("aria-label")) ?? "";
}

windowStory(
  "A second window reads what the first receives, and receives itself within two seconds of its end",
  { machineSettings },
  async (first) => {
    const folder = mkdtempSync(join(tmpdir(), "tl-second-"));
    after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    await openSideBar(first);
    await status(first, /Receiving at/).waitFor();
    const second = await secondWindow(first, folder);
    await openSideBar(second);
    await status(second, /Another window \(process \d+\) receives/).waitFor();
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "GET /first", ms: 30 }]);
    await sideBarRow(first, "shop · GET /first").waitFor();
    await sideBarRow(second, "shop · GET /first").waitFor();
    await picture(second, "receive-second-window");

    const owner = Number(/process (\d+)/.exec(await statusText(second))?.[1]);
    if (process.platform === "linux")
      assert.match(readFileSync(`/proc/${owner}/cmdline`, "utf8"), /type=extensionHost/);
    process.kill(owner, "SIGKILL");
    const killed = performance.now();
    await status(second, /Receiving at/).waitFor({ timeout: 20_000 });
    console.log(
      `# the second window receives ${Math.round(performance.now() - killed)} ms after the first ended`,
    );
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "GET /second", ms: 30 }]);
    await sideBarRow(second, "shop · GET /second").waitFor();
    await picture(second, "receive-taken-over");
    // VS Code starts the extension host of the first anew.
    await status(first, /Another window/).waitFor();
    await sideBarRow(first, "shop · GET /second").waitFor();

    await second.command("Traceline: Delete All Received Traces");
    const dialog = second.page.locator(".monaco-dialog-box", { hasText: "Delete all received traces?" });
    await dialog.getByRole("button", { name: "Delete All" }).click();
    for (const window of [second, first])
      await sideBarRow(window, "shop · GET /second").waitFor({ state: "detached" });
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "GET /third", ms: 30 }]);
    await sideBarRow(first, "shop · GET /third").waitFor();

    await second.command("Terminal: Create New Terminal");
    await second.page.locator(".terminal-wrapper.active .xterm").first().click();
    await second.page.keyboard.type(`echo "$OTEL_EXPORTER_OTLP_ENDPOINT" > endpoint.txt`);
    await second.page.keyboard.press("Enter");
    assert.equal(await written(join(folder, "endpoint.txt")), `http://127.0.0.1:${httpPort}\n`);
  },
);

windowStory(
  "A window that hangs is waited for, and one of the two receives as soon as it goes on",
  { machineSettings },
  async (first) => {
    const folder = mkdtempSync(join(tmpdir(), "tl-second-"));
    after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    await status(first, /Receiving at/).waitFor();
    const second = await secondWindow(first, folder);
    await openSideBar(second);
    await status(second, /Another window/).waitFor();
    const owner = Number(/process (\d+)/.exec(await statusText(second))?.[1]);
    process.kill(owner, "SIGSTOP");
    // Its port is not free while it hangs.
    await status(second, new RegExp(`Port ${httpPort} is in use by .*process ${owner}`)).waitFor();
    await picture(second, "receive-hung");
    process.kill(owner, "SIGCONT");
    await status(second, /Receiving at|Another window .*receives at/).waitFor();
    await status(first, /Receiving at|Another window .*receives at/).waitFor();
    await sendSpans(httpPort, newTraceId(), [{ id: 1, name: "GET /again", ms: 30 }]);
    await sideBarRow(second, "shop · GET /again").waitFor();
  },
);

async function written(file: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      const text = readFileSync(file, "utf8");
      if (text !== "") return text;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${file} was not written`);
}
