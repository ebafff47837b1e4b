import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  change,
  closeAll,
  lensesOf,
  recentNode,
  sampleFile,
  sampleFolder,
  traceTab,
  traceTabs,
  until,
} from "../../support/editorSuite.ts";
import { type ShopJaeger, slowTraceId, startShopJaeger } from "../../support/shopJaeger.ts";
import { story } from "../story.ts";

const name = "Shop Jaeger";

/** Runs `task` with a connection to a Jaeger that has the traces of the shop. */
async function withConnection(
  task: (jaeger: ShopJaeger) => Promise<void>,
  before: readonly unknown[] = [],
): Promise<void> {
  const jaeger = await startShopJaeger(sampleFolder());
  const restore = await change("connections", [...before, { name, kind: "jaeger", url: jaeger.url }]);
  try {
    await task(jaeger);
  } finally {
    await closeAll();
    await restore();
    await jaeger.close();
  }
}

const node = (connection: string, traceId: string) => recentNode({ kind: "connection", connection, traceId });

export function connectionStories(): void {
  story("A connection is not asked anything before it is used", async () => {
    await withConnection(async (jaeger) => {
      await vscode.window.showTextDocument(sampleFile("pricing/src/taxes.ts"));
      await lensesOf(sampleFile("pricing/src/taxes.ts"));
      assert.deepEqual(jaeger.asked, []);
    });
  });

  story("A trace of a connection opens, and its spans lead to their lines", async () => {
    await withConnection(async () => {
      await vscode.commands.executeCommand("traceline.openRecent", node(name, slowTraceId));
      await traceTab("gateway · POST /checkout");
      await vscode.commands.executeCommand("traceline.openRecentAtSlowest", node(name, slowTraceId));
      await until("the caret is in taxes.ts", () =>
        vscode.window.activeTextEditor?.document.uri.path.endsWith("/taxes.ts"),
      );
      assert.equal(traceTabs().length, 1);
    });
  });

  story(
    "Recent traces of the connection give hints before any is opened, with no request while typing",
    async () => {
      await vscode.commands.executeCommand("traceline.clearHints");
      await withConnection(async (jaeger) => {
        await vscode.commands.executeCommand("traceline.refreshRecent");
        const quotes = sampleFile("pricing/src/quotes.ts");
        const editor = await vscode.window.showTextDocument(quotes);
        await until("quotes.ts has a lens of several calls", async () =>
          (await lensesOf(quotes)).some(({ title }) => /\d+ calls/.test(title)),
        );
        const asked = jaeger.asked.length;
        for (let key = 0; key < 20; key++) {
          await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "x"));
          await lensesOf(quotes);
        }
        assert.equal(jaeger.asked.length, asked);
      });
    },
  );

  story("What one connection does not have is fetched from another", async () => {
    const other = await startShopJaeger(sampleFolder());
    const restore = await change("connections", [
      { name: "Empty", kind: "jaeger", url: `${other.url}/elsewhere` },
      { name, kind: "jaeger", url: other.url },
    ]);
    try {
      await vscode.commands.executeCommand("traceline.openRecent", node("Forgotten", slowTraceId));
      await traceTab("gateway · POST /checkout");
    } finally {
      await closeAll();
      await restore();
      await other.close();
    }
  });

  story("A bad entry in traceline.connections leaves the good ones as they are", async () => {
    const bad = [
      null,
      7,
      { name: "x" },
      { name: "y", kind: "jaeger", url: "ftp://host" },
      { name: "z", kind: "nothing", url: "http://h" },
    ];
    await withConnection(async () => {
      await vscode.commands.executeCommand("traceline.openRecent", node(name, slowTraceId));
      await traceTab("gateway · POST /checkout");
    }, bad);
  });

  story("Copy Trace ID and Copy Link put the trace of the list on the clipboard", async () => {
    await vscode.commands.executeCommand("traceline.copyTraceId", node(name, slowTraceId));
    assert.equal(await vscode.env.clipboard.readText(), slowTraceId);
    await vscode.commands.executeCommand("traceline.copyLink", node(name, slowTraceId));
    const link = await vscode.env.clipboard.readText();
    assert.ok(link.startsWith(`vscode://traceline.traceline/trace/${slowTraceId}?connection=Shop`), link);
  });
}
