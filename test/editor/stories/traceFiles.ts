import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as vscode from "vscode";
import {
  closeAll,
  openSlowCheckout,
  recentNode,
  sampleFile,
  traceTab,
  traceTabs,
  until,
} from "../../support/editorSuite.ts";
import { story } from "../story.ts";

/** A trace of the recording that is not its largest. */
const productsTraceId = "310788178d8b038081f9067a2e7f2644";

export function traceFileStories(): void {
  story("Open Trace File opens a tab that is called by the root of the trace", async () => {
    const tab = await openSlowCheckout();
    assert.equal(tab.label, "gateway · POST /checkout");
    assert.equal(tab.isActive, true);
    await closeAll();
  });

  story("The same trace file opened again is the same tab", async () => {
    await openSlowCheckout();
    await openSlowCheckout();
    const address = {
      kind: "file",
      path: sampleFile("traces/shop.otlp.jsonl").fsPath,
      traceId: productsTraceId,
    };
    await vscode.commands.executeCommand("traceline.openRecent", recentNode(address));
    await traceTab("GET /products");
    assert.equal(traceTabs().length, 2);
    await closeAll();
  });

  story("Several files are opened at once", async () => {
    const first = sampleFile("traces/checkout-slow.otlp.json");
    const second = sampleFile("traces/shop.otlp.jsonl");
    await vscode.commands.executeCommand("traceline.openTraceFile", first, [first, second]);
    await until("both are named", () => traceTabs().filter((tab) => tab.label.includes("·")).length === 2);
    await closeAll();
  });

  story("Open With Traceline shows any JSON file that has traces in it", async () => {
    const file = sampleFile("traces/checkout-slow.otlp.json");
    await vscode.commands.executeCommand("vscode.openWith", file, "traceline.traceFile");
    const tab = await traceTab("POST /checkout");
    assert.ok(tab.input instanceof vscode.TabInputCustom);
    await closeAll();
  });

  story("A trace file is recognised by its content, gzip and a wrong name included", async () => {
    const folder = await mkdtemp(join(tmpdir(), "traceline-story-"));
    try {
      const path = join(folder, "dump.bin");
      await writeFile(path, gzipSync(await readFile(sampleFile("traces/checkout-slow.otlp.json").fsPath)));
      await vscode.commands.executeCommand("traceline.openTraceFile", vscode.Uri.file(path));
      await traceTab("gateway · POST /checkout");
    } finally {
      await closeAll();
      await rm(folder, { recursive: true, force: true });
    }
  });

  story("A file that is no trace leaves a tab that can be closed, and the next file opens", async () => {
    const folder = await mkdtemp(join(tmpdir(), "traceline-story-"));
    try {
      const path = join(folder, "notes.json");
      await writeFile(path, Buffer.from('{"hello": "world"}'));
      await vscode.commands.executeCommand("traceline.openTraceFile", vscode.Uri.file(path));
      await until("the tab is there", () => traceTabs().length === 1);
      await closeAll();
      await openSlowCheckout();
    } finally {
      await closeAll();
      await rm(folder, { recursive: true, force: true });
    }
  });
}
