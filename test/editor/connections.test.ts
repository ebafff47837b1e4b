import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type { Locator } from "playwright-core";
import type { EditorWindow } from "../../scripts/editorWindow.ts";
import { makeCertificates } from "../support/certificates.ts";
import {
  choose,
  chooseFromMenu,
  fillBox,
  openSideBar,
  picture,
  reloadWindow,
  sample,
  shownTrace,
  sideBarRow,
  windowStory,
} from "../support/editorWindowStory.ts";
import { type GuardedShop, startGuardedShop } from "../support/guardedShop.ts";
import { type ShopJaeger, startShopJaeger } from "../support/shopJaeger.ts";

let jaeger: ShopJaeger;
let guarded: GuardedShop;
let folder: string;
/** Settings of the machine, where programs may be named. */
const machine: Record<string, unknown> = {};
before(async () => {
  jaeger = await startShopJaeger(sample);
  guarded = await startGuardedShop(jaeger, "first-token");
  folder = await mkdtemp(join(tmpdir(), "traceline-connections-"));
  await mkdir(join(folder, ".vscode"));
  const settings = { "traceline.connections": [{ name: "Team", kind: "jaeger", url: jaeger.url }] };
  await writeFile(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
  await cp(join(sample, "traces"), join(folder, "traces"), { recursive: true });
});
after(async () => {
  await guarded.close();
  await jaeger.close();
  await rm(folder, { recursive: true, force: true });
});

/** The connections view, opened, and its rows. */
async function connectionsView(window: EditorWindow): Promise<(text: string | RegExp) => Locator> {
  await openSideBar(window);
  const header = window.page.locator(".pane-header", { hasText: "Connections" });
  await header.waitFor();
  if ((await header.getAttribute("aria-expanded")) !== "true") await header.click();
  const view = window.page.locator(".part.sidebar .pane", { has: header });
  return (text) => view.locator(".monaco-list-row", { hasText: text });
}

const statusBar = (window: EditorWindow, text: string) =>
  window.page.locator(".statusbar-item", { hasText: text });

windowStory(
  "Connections of user and workspace are listed together, switched in the status bar and removed where they stand",
  {
    folder: () => folder,
    settings: () => ({
      "traceline.connections": [{ name: "Mine", kind: "jaeger", url: `${jaeger.url}/elsewhere` }],
    }),
  },
  async (window) => {
    const { page } = window;
    const row = await connectionsView(window);
    await row("Team").filter({ hasText: "active" }).waitFor();
    await row("Mine").filter({ hasText: "Jaeger · 127.0.0.1" }).waitFor();
    await statusBar(window, "Team").click();
    await window.quickPicks().filter({ hasText: "Mine" }).waitFor();
    await picture(window, "connections-switch");
    await choose(window, "Mine");
    await statusBar(window, "Mine").waitFor();
    await row("Mine").filter({ hasText: "active" }).waitFor();

    await row("Team").click();
    await page.keyboard.press("ControlOrMeta+Enter");
    await statusBar(window, "Team").waitFor();
    await row("Team").filter({ hasText: "active" }).waitFor();
    await row("Team").hover();
    await row("Team").getByRole("button", { name: "Test Connection" }).click();
    await window.notification(/Team: Jaeger at .*4 services/).waitFor();
    await picture(window, "connections-view");
    await row("Team").click({ button: "right" });
    await chooseFromMenu(window, "Remove Connection");
    const dialog = page.locator(".monaco-dialog-box", { hasText: 'Remove the connection "Team"' });
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await row("Team").waitFor({ state: "detached" });
    await statusBar(window, "Mine").waitFor();
    const settings = await readFile(join(folder, ".vscode", "settings.json"), "utf8");
    assert.ok(!settings.includes("Team"), settings);

    await row("Mine").click();
    await page.keyboard.press("F2");
    await page.locator(".monaco-editor .view-line", { hasText: '"Mine"' }).waitFor();
    await picture(window, "connections-edit");
  },
);

windowStory(
  "A token that has expired is asked for once, and what was refused is asked again with the new one",
  {
    settings: () => ({
      "traceline.recent.refresh": 1,
      "traceline.connections": [{ name: "Guarded", kind: "jaeger", url: guarded.url, auth: "bearer" }],
    }),
  },
  async (window) => {
    const { page } = window;
    const enter = async (token: string) => {
      await fillBox(window, `Token for ${guarded.url}`, token);
      await page.keyboard.press("Enter");
    };
    const row = await connectionsView(window);
    const message = window.notification(/needs a token/);
    await message.getByRole("button", { name: "Enter Token" }).click();
    await enter("first-token");
    await sideBarRow(window, "GET /products").first().waitFor();
    assert.equal(guarded.refused, 0);

    guarded.expect("second-token");
    const expired = window.notification(/wants to know who asks \(401\): token expired/);
    await expired.waitFor();
    await row("Guarded").filter({ hasText: "(401)" }).waitFor();
    await picture(window, "token-expired");
    const { refused } = guarded;
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    assert.equal(guarded.refused, refused);
    assert.equal(await expired.count(), 1);

    await sideBarRow(window, /POST \/checkout.*626 ms/).click();
    await window.frame(async (frame) => (await frame.getByText("token expired").count()) > 0);
    const { passed } = guarded;
    await expired.getByRole("button", { name: "Enter Token" }).click();
    await enter("second-token");
    await row("Guarded").filter({ hasNotText: "(401)" }).waitFor();
    await statusBar(window, "Guarded").waitFor();
    for (let tries = 0; guarded.passed === passed && tries < 100; tries++) await page.waitForTimeout(100);
    assert.ok(guarded.passed > passed);
    await shownTrace(window, "calculate taxes");
    await sideBarRow(window, "GET /products").first().waitFor();
  },
);

windowStory(
  "Add Connection asks a server that wants a token for it, and keeps the connection with the workspace",
  { folder: () => folder },
  async (window) => {
    const { page } = window;
    guarded.expect("first-token");
    const row = await connectionsView(window);
    // The buttons of a view are there while the pointer is.
    const header = page.locator(".pane-header", { hasText: "Connections" });
    await header.hover();
    await page.getByRole("button", { name: "Add Connection", exact: true }).first().click();
    await fillBox(window, "Add Connection", `${guarded.url}/trace/0af7651916cd43dd8448eb211c80319c`);
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-widget", { hasText: "wants to know who asks (401)" }).waitFor();
    await picture(window, "add-connection-refused");
    await choose(window, "Enter Token or Password");
    await choose(window, "Bearer token");
    await fillBox(window, `Token for ${guarded.url}`, "first-token");
    await page.keyboard.press("Enter");
    await choose(window, "Workspace settings");
    await window.notification(/Added Jaeger .*4 services/).waitFor();
    await row("Jaeger (127").filter({ hasText: "active" }).waitFor();
    const settings = await readFile(join(folder, ".vscode", "settings.json"), "utf8");
    assert.match(settings, /"auth": "bearer"/);
    assert.ok(!settings.includes("first-token"), settings);

    await header.hover();
    await page.getByRole("button", { name: "Test All Connections" }).click();
    await row("Jaeger (127").locator(".codicon-pass").waitFor();
    await row("Jaeger (127").locator(".monaco-tl-twistie").click();
    await row("Service calls").locator(".monaco-tl-twistie").click();
    await row("gateway → pricing").filter({ hasText: "1,200 calls" }).waitFor();
    await picture(window, "service-calls");
    await window.command("Traceline: Edit Connections");
    await page.locator(".settings-editor", { hasText: "Traceline: Connections" }).waitFor();
  },
);

windowStory(
  "Where no backend runs, the side bar, the status bar and the connections view say so, and Test says it again",
  {
    settings: () => ({
      "traceline.connections": [
        { name: "Gone", kind: "jaeger", url: "http://127.0.0.1:9" },
        { name: "Open", kind: "zipkin", url: "https://127.0.0.1:9", allowUntrustedCertificate: true },
      ],
    }),
  },
  async (window) => {
    const { page } = window;
    const row = await connectionsView(window);
    const reason = /refused the connection\. Is it running\?/;
    await row("Gone").filter({ hasText: reason }).waitFor();
    await page.locator(".part.sidebar .message", { hasText: reason }).first().waitFor();
    await row("Open").filter({ hasText: "certificate not checked" }).waitFor();
    const label = (await statusBar(window, "Gone").getAttribute("aria-label")) ?? "";
    assert.match(label, reason);
    await window.command("Traceline: Test Connection");
    await window.notification(reason).getByRole("button", { name: "Edit Connections" }).waitFor();
    await picture(window, "no-backend");
  },
);

windowStory(
  "A program that prints a token is run after a question that shows it whole",
  {
    machineSettings: machine,
    settings: () => {
      const command = [process.execPath, "-e", "console.log('first-' + 'token')"];
      machine["traceline.authCommands"] = { [guarded.url]: { command } };
      guarded.expect("first-token");
      return {
        "traceline.connections": [{ name: "Guarded", kind: "jaeger", url: guarded.url, auth: "command" }],
      };
    },
  },
  async (window) => {
    const { page } = window;
    await window.command("Traceline: Test Connection");
    const dialog = page.locator(".monaco-dialog-box", { hasText: "Run this program to get a token for" });
    await dialog.waitFor();
    const shown = (await dialog.textContent()) ?? "";
    assert.ok(shown.includes(guarded.url), shown);
    assert.ok(shown.includes("console.log('first-' + 'token')"), shown);
    await picture(window, "auth-command");
    await dialog.getByRole("button", { name: "Run Program" }).click();
    await window.notification(/Guarded: Jaeger at .*4 services/).waitFor();
    await window.command("Traceline: Refresh Recent Traces");
    await openSideBar(window);
    await sideBarRow(window, "GET /products").first().waitFor();
    assert.equal(await dialog.count(), 0);
  },
);

const made = await makeCertificates();
let walled: GuardedShop;
let other: string;
if (made !== undefined) {
  before(async () => {
    const { key, cert } = made.server;
    walled = await startGuardedShop(jaeger, "first-token", { key, cert });
    other = await mkdtemp(join(tmpdir(), "traceline-walled-"));
    await mkdir(join(other, ".vscode"));
    const tls = { caFile: made.authority.certFile };
    const connection = { name: "Walled", kind: "jaeger", url: walled.url, auth: "bearer", tls };
    const settings = { "traceline.connections": [connection], "traceline.recent.refresh": 1 };
    await writeFile(join(other, ".vscode", "settings.json"), JSON.stringify(settings));
  });
  after(async () => {
    await walled.close();
    await made[Symbol.asyncDispose]();
    await rm(other, { recursive: true, force: true });
  });

  windowStory(
    "A workspace that trusts an authority of its own gets the person's token only after they agreed, once",
    { folder: () => other },
    async (window) => {
      const { page } = window;
      const row = await connectionsView(window);
      const enter = async () => {
        await window
          .notification(/needs a token/)
          .getByRole("button", { name: "Enter Token" })
          .click();
        await fillBox(window, `Token for ${walled.url}`, "first-token");
        await page.keyboard.press("Enter");
      };
      await enter();
      const question = window.notification(/Your token or password for https.* is not sent/);
      await question.getByRole("button", { name: "Don't Connect" }).waitFor();
      await picture(window, "workspace-weakens-tls");
      assert.equal(walled.passed + walled.refused, 0);
      await question.getByRole("button", { name: "Allow for This Workspace" }).click();
      await row("Walled").locator(".codicon-pass").waitFor();
      await sideBarRow(window, "GET /products").first().waitFor();
      assert.equal(walled.refused, 0);
      await reloadWindow(window);
      await openSideBar(window);
      // A machine without secret storage has forgotten it.
      await enter();
      await sideBarRow(window, "GET /products").first().waitFor();
      assert.equal(await question.count(), 0);
    },
  );
}
