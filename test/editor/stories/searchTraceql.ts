import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  change,
  closeAll,
  hoverAt,
  lensesOf,
  recentNode,
  sampleFile,
  sampleFolder,
  traceTab,
  until,
} from "../../support/editorSuite.ts";
import { slowTraceId } from "../../support/shopRecording.ts";
import { type ShopTempo, type ShopTempoWays, startShopTempo } from "../../support/shopTempo.ts";
import { story } from "../story.ts";

const name = "Shop Tempo";
const taxes = () => sampleFile("pricing/src/taxes.ts");

/** Runs `task` with a connection to a Tempo that has the traces of the shop. */
async function withTempo(task: (tempo: ShopTempo) => Promise<void>, ways: ShopTempoWays = {}): Promise<void> {
  const tempo = await startShopTempo(sampleFolder(), ways);
  const restore = await change("connections", [{ name, kind: "tempo", url: tempo.url }]);
  try {
    await vscode.commands.executeCommand("traceline.clearHints");
    await task(tempo);
  } finally {
    await closeQueries();
    await closeAll();
    await restore();
    await tempo.close();
  }
}

/** Queries that nobody saved would ask to be, when their tabs are closed. */
async function closeQueries(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isUntitled) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
}

/** A new query in front. */
async function query(text: string): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand("traceline.editTraceQL");
  const editor = await until("the query is in front", () => {
    const active = vscode.window.activeTextEditor;
    return active?.document.languageId === "traceql" ? active : undefined;
  });
  const whole = new vscode.Range(0, 0, editor.document.lineCount, 0);
  await editor.edit((edit) => edit.replace(whole, text));
  return editor.document;
}

async function offered(document: vscode.TextDocument, offset: number): Promise<readonly string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    document.uri,
    document.positionAt(offset),
  );
  return list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
}

export function searchTraceqlStories(): void {
  story("A query is completed with the backend's attributes and their values, asked once", async () => {
    await withTempo(async (tempo) => {
      const document = await query("{ resource.service.name = ");
      const values = await until("values are offered", async () => {
        const found = await offered(document, document.getText().length);
        return found.includes('"pricing"') ? found : undefined;
      });
      assert.ok(values.includes('"gateway"'));
      const fields = await offered(document, 2);
      assert.ok(fields.includes("span.http.route"), fields.join(" "));
      assert.ok(fields.includes("duration") && fields.includes("resource."));
      assert.equal(new Set(fields).size, fields.length);
      await offered(document, 2);
      assert.equal(tempo.asked.filter((path) => path === "/api/v2/search/tags").length, 1);
    });
  });

  story("A mistake in a query is marked where it is, and explained words have a hover", async () => {
    await withTempo(async () => {
      const document = await query('{ status = err &&\n  name == "x" }');
      const [first] = await until("the mistake is marked", () => {
        const found = vscode.languages.getDiagnostics(document.uri);
        return found.length > 0 ? found : undefined;
      });
      assert.equal(document.getText(first.range), "err");
      assert.match(first.message, /"err" is not a value: error, ok, unset/);
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        document.uri,
        new vscode.Position(0, 3),
      );
      const text = hovers
        .flatMap(({ contents }) => contents)
        .map((one) => (one as vscode.MarkdownString).value);
      assert.match(text.join().replaceAll("&nbsp;", " "), /Status of the span/);
    });
  });

  story(
    "A query is run from its lens, and what the server refuses is marked where the server says",
    async () => {
      await withTempo(async (tempo) => {
        const document = await query('// mine\n{ name = "refuse me" }');
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          "vscode.executeCodeLensProvider",
          document.uri,
          10,
        );
        assert.deepEqual(
          lenses.map((lens) => lens.command?.title),
          [`$(play) Run in ${name}`, "last 1h, 20 traces"],
        );
        const { command } = lenses[0];
        await vscode.commands.executeCommand(command!.command, ...(command!.arguments ?? []));
        assert.ok(tempo.asked.some((path) => path.startsWith("/api/search?q={+name")));
        const [refused] = vscode.languages.getDiagnostics(document.uri);
        assert.equal(document.getText(refused.range), '"refuse me"');
        assert.match(refused.message, /unexpected STRING/);
        assert.equal(refused.source, name);
      });
    },
  );

  story(
    "A file in view has latencies over all traces that the backend keeps, and a click opens the slowest",
    async () => {
      await withTempo(async (tempo) => {
        await vscode.window.showTextDocument(taxes());
        const lens = await until("taxes.ts has a lens", async () => (await lensesOf(taxes()))[0]);
        assert.match(lens.title, /^p50 \d+ ms · p95 \d+ ms · 800 calls$/);
        const hover = await until(
          "the line has a hover",
          async () => (await hoverAt(taxes(), 22)) || undefined,
        );
        assert.match(hover, /p99/);
        assert.match(hover, /Computed by the backend/);
        assert.doesNotMatch(hover, /Own time|█|NaN/);
        const asked = tempo.asked.length;
        const editor = await vscode.window.showTextDocument(taxes());
        for (let i = 0; i < 20; i++) await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "/"));
        assert.equal(tempo.asked.length, asked);
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          "vscode.executeCodeLensProvider",
          taxes(),
          10,
        );
        const { command } = lenses.find((one) => one.command?.command === "traceline.openHintTrace")!;
        await vscode.commands.executeCommand(command!.command, ...(command!.arguments ?? []));
        await traceTab("gateway · POST /checkout");
      });
    },
  );

  story("Edits that were discarded leave the latencies of the time before them", async () => {
    const editor = await vscode.window.showTextDocument(taxes());
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "// one\n"));
    await vscode.commands.executeCommand("workbench.action.files.revert");
    const revertedMs = Date.now();
    await withTempo(async (tempo) => {
      await vscode.window.showTextDocument(taxes());
      const asked = await until("metrics were asked for", () =>
        tempo.asked.find((path) => path.includes("/api/metrics/")),
      );
      const start = Number(/start=(\d+)/.exec(asked)?.[1]);
      assert.ok(start * 1000 < revertedMs - 600_000, asked);
      const [lens] = await until("taxes.ts has a lens", async () => {
        const lenses = await lensesOf(taxes());
        return lenses.length > 0 ? lenses : undefined;
      });
      assert.match(lens.title, /800 calls$/);
    });
  });

  story("A backend without metrics leaves the latencies of the traces seen, marked as a sample", async () => {
    await withTempo(
      async (tempo) => {
        await vscode.window.showTextDocument(taxes());
        await until("metrics were asked for", () =>
          tempo.asked.some((path) => path.includes("/api/metrics/")),
        );
        const node = recentNode({ kind: "connection", connection: name, traceId: slowTraceId });
        await vscode.commands.executeCommand("traceline.openRecent", node);
        await traceTab("gateway · POST /checkout");
        await until("the lens is of a sample", async () =>
          (await lensesOf(taxes()))[0]?.title.includes("~1 call"),
        );
        assert.match(await hoverAt(taxes(), 22), /From 1 sampled trace/);
      },
      { metrics: false },
    );
  });
}
