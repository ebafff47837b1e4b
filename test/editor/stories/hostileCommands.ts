import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, traceTabs } from "../../support/editorSuite.ts";
import { story } from "../story.ts";

/** Commands that take arguments, of a tree item or a link. */
const taking = [
  "traceline.openHintTrace",
  "traceline.openSlowestOfLine",
  "traceline.openRecent",
  "traceline.openRecentAtSlowest",
  "traceline.copyTraceId",
  "traceline.openInBrowser",
  "traceline.pinTrace",
  "traceline.unpinTrace",
  "traceline.removeTrace",
  "traceline.activateConnection",
  "traceline.removeConnection",
  "traceline.copyUrl",
];

const wrongAddresses: readonly unknown[] = [
  null,
  7,
  "file",
  { kind: "file", path: "", traceId: "" },
  { kind: "file", path: 7, traceId: "" },
  { kind: "connection", connection: "x", traceId: "" },
  { kind: "connection", connection: "x", traceId: "f".repeat(10_000) },
  { kind: "command", command: "workbench.action.quit" },
];

const hostile: readonly unknown[][] = [
  [],
  [null],
  [0, -1, Number.NaN],
  ["../../etc/passwd", "'; DROP TABLE"],
  ["command:workbench.action.terminal.new", { toString: "no" }],
  [{ trace: null }, { trace: {} }],
  [Object.create(null)],
  [JSON.parse('{"__proto__": {"trace": {"address": 1}}}')],
  ...wrongAddresses.map((address) => [{ kind: "trace", trace: { address, summary: {} } }]),
];

export function hostileCommandStories(): void {
  for (const command of taking) {
    story(`${command} called with nonsense does nothing`, async () => {
      await closeAll();
      await vscode.env.clipboard.writeText("as it was");
      for (const args of hostile) await vscode.commands.executeCommand(command, ...args);
      assert.deepEqual(
        traceTabs().map((tab) => tab.label),
        [],
      );
      assert.equal(vscode.window.terminals.length, 0);
      assert.equal(await vscode.env.clipboard.readText(), "as it was");
    });
  }
}
