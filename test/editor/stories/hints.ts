import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  change,
  closeAll,
  hoverAt,
  lensesOf,
  openSlowCheckout,
  sampleFile,
  traceTab,
  traceTabs,
  until,
} from "../../support/editorSuite.ts";
import { story } from "../story.ts";

const taxes = () => sampleFile("pricing/src/taxes.ts");

/** Opens the slow checkout, forgets other traces, and waits for the lens of the function that is slow in it. */
async function withLens(): Promise<{ line: number; title: string }> {
  await vscode.commands.executeCommand("traceline.clearHints");
  await openSlowCheckout();
  await vscode.window.showTextDocument(taxes());
  return until("taxes.ts has a lens", async () => (await lensesOf(taxes()))[0]);
}

/** Opens a trace whose spans took so many ms each at lines of a file, just now. */
async function openRun(
  folder: string,
  no: number,
  file: vscode.Uri,
  calls: readonly (readonly [line: number, ms: number])[],
): Promise<void> {
  const nowMs = Date.now();
  const spans = calls.map(([line, ms], i) => ({
    traceId: String(no).repeat(32),
    spanId: `${no}${i}`.padStart(16, "a"),
    name: `load ${i}`,
    startTimeUnixNano: `${nowMs}000000`,
    endTimeUnixNano: `${nowMs + ms}000000`,
    attributes: [
      { key: "code.file.path", value: { stringValue: file.fsPath } },
      { key: "code.line.number", value: { intValue: String(line) } },
    ],
  }));
  const attributes = [{ key: "service.name", value: { stringValue: "loader" } }];
  const path = join(folder, `run-${no}.json`);
  await writeFile(
    path,
    JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] }),
  );
  await vscode.commands.executeCommand("traceline.openTraceFile", vscode.Uri.file(path));
  await until("the trace is in front", () => traceTabs().some(({ isActive }) => isActive) || undefined);
}

export function hintStories(): void {
  story("A function seen in an opened trace has a lens with its latency above it", async () => {
    const lens = await withLens();
    assert.equal(lens.title, "465 ms · 1 call");
    const text = (await vscode.workspace.openTextDocument(taxes())).lineAt(lens.line - 1).text;
    assert.match(text, /^export function calculateTaxes/);
    await closeAll();
  });

  story(
    "Lines in every language of the shop have lenses, with percentiles where there are enough calls",
    async () => {
      await withLens();
      const carts = sampleFile("gateway/src/carts.js");
      await vscode.window.showTextDocument(carts);
      const titles = (
        await until("carts.js has lenses", async () => {
          const found = await lensesOf(carts);
          return found.length >= 2 ? found : undefined;
        })
      ).map(({ title }) => title);
      assert.ok(
        titles.some((title) => /^p50 [\d.]+ ms · p95 [\d.]+ ms · 12 calls$/.test(title)),
        titles.join(" | "),
      );
      const stock = sampleFile("inventory/stock.py");
      await vscode.window.showTextDocument(stock);
      await until("stock.py has lenses", async () => (await lensesOf(stock)).length > 0);
      await closeAll();
    },
  );

  story("The hover says own time, share of the critical path and the slowest calls", async () => {
    await withLens();
    const text = await until("the line has a hover", async () => (await hoverAt(taxes(), 22)) || undefined);
    assert.match(text, /calculate.{1,6}taxes/);
    assert.match(text, /pricing/);
    assert.match(text, /Own time: 465/);
    assert.match(text, /of the critical path/);
    assert.match(text, /Slowest:.*command:traceline\.openHintTrace/);
    await closeAll();
  });

  story("A click on a lens opens the slowest trace, once closed, again", async () => {
    await withLens();
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      taxes(),
      100,
    );
    const { command } = lenses.find((lens) => lens.command?.command === "traceline.openHintTrace")!;
    await closeAll();
    await vscode.commands.executeCommand(command!.command, ...(command!.arguments ?? []));
    await traceTab("gateway · POST /checkout");
    await closeAll();
  });

  story("Open Slowest Trace of This Line opens it from the caret's line and from its function", async () => {
    const { line } = await withLens();
    for (const at of [line, 22]) {
      await closeAll();
      const editor = await vscode.window.showTextDocument(taxes());
      editor.selection = new vscode.Selection(at - 1, 0, at - 1, 0);
      await vscode.commands.executeCommand("traceline.openSlowestOfLine");
      await traceTab("gateway · POST /checkout");
    }
    await closeAll();
  });

  story("Toggle Latency Hints hides them all and brings them back", async () => {
    await withLens();
    await vscode.commands.executeCommand("traceline.toggleHints");
    await until("no lens is left", async () => (await lensesOf(taxes())).length === 0);
    assert.equal(await hoverAt(taxes(), 22), "");
    await vscode.commands.executeCommand("traceline.toggleHints");
    await until("the lens is back", async () => (await lensesOf(taxes())).length > 0);
    await closeAll();
  });

  const hiding: readonly [string, unknown, string][] = [
    ["hints.minimumCalls", 2, "called too seldom"],
    ["hints.minimumLatency", 10_000, "too fast"],
    ["hints.display", "endOfLine", "shown at the end of the line instead"],
  ];
  for (const [name, value, why] of hiding) {
    story(`traceline.${name} = ${JSON.stringify(value)} takes the lens away: ${why}`, async () => {
      await withLens();
      const restore = await change(name, value);
      await until("no lens is left", async () => (await lensesOf(taxes())).length === 0);
      await restore();
      await until("the lens is back", async () => (await lensesOf(taxes())).length > 0);
      await closeAll();
    });
  }

  story("A setting of the wrong type counts as not set", async () => {
    const restore = await change("hints.minimumCalls", "many");
    await withLens();
    await restore();
    await closeAll();
  });

  story("Lenses move with edits, and an edited line's lens says that it is older than the edit", async () => {
    const before = await withLens();
    const editor = await vscode.window.showTextDocument(taxes());
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "// one\n// two\n"));
    await until(
      "the lens has moved by two lines",
      async () => (await lensesOf(taxes()))[0]?.line === before.line + 2,
    );
    assert.equal((await lensesOf(taxes()))[0].title, before.title);
    const line = editor.document.lineAt(before.line + 3);
    assert.match(line.text, /inSpan\("calculate taxes"/);
    await editor.edit((edit) => edit.replace(line.range, `${line.text} // changed`));
    await until("the lens is marked", async () =>
      (await lensesOf(taxes()))[0]?.title.endsWith("before the last edit"),
    );
    const isPlain = async (what: string) => {
      let now = "";
      await until(what, async () => {
        now = JSON.stringify((await lensesOf(taxes()))[0]);
        return now === JSON.stringify(before);
      }).catch(() => assert.equal(now, JSON.stringify(before)));
    };
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await isPlain("with its edits discarded the file has the plain lens");
    await closeAll();
    await vscode.window.showTextDocument(taxes());
    await isPlain("the file opened again has the plain lens");
    await closeAll();
  });

  story(
    "After lines are inserted and saved, each hint stands on the line that its run measured",
    async () => {
      await vscode.commands.executeCommand("traceline.clearHints");
      const folder = await mkdtemp(join(tmpdir(), "traceline-hints-"));
      const loads = sampleFile("gateway/src/loads.js");
      try {
        await writeFile(loads.fsPath, 'load("a");\nload("b");\nload("c");\nload("d");\n');
        const lenses = async () =>
          (await lensesOf(loads))
            .sort((a, b) => a.line - b.line)
            .map(({ line, title }) => `${line}: ${title}`);
        const become = async (what: string, expected: readonly string[]) => {
          let now: readonly string[] = [];
          await until(what, async () => {
            now = await lenses();
            return JSON.stringify(now) === JSON.stringify(expected) || undefined;
          }).catch(() => assert.deepEqual(now, expected));
        };
        const insert = async (line: number, column: number, text: string) => {
          const edit = new vscode.WorkspaceEdit();
          edit.insert(loads, new vscode.Position(line, column), text);
          assert.ok(await vscode.workspace.applyEdit(edit));
        };
        await openRun(folder, 1, loads, [
          [2, 90],
          [2, 90],
          [4, 50],
        ]);
        const { document } = await vscode.window.showTextDocument(loads);
        await become("the first run has hints", ["2: p50 90 ms · 2 calls", "4: 50 ms · 1 call"]);

        await insert(0, 0, "// one\n// two\n");
        await document.save();
        await become("they have moved", ["4: p50 90 ms · 2 calls", "6: 50 ms · 1 call"]);

        await openRun(folder, 2, loads, [[4, 5]]);
        await become("the second run has a hint of its own", ["4: 5 ms · 1 call", "6: 50 ms · 1 call"]);

        await insert(5, 10, " // slow");
        await become("what was edited is marked", [
          "4: 5 ms · 1 call",
          "6: 50 ms · 1 call · before the last edit",
        ]);

        await document.save();
        await writeFile(loads.fsPath, `// zero\n${document.getText()}`);
        await until("the text is read anew", () => document.lineCount === 8 || undefined);
        await new Promise((resolve) => setTimeout(resolve, 500));
        await openRun(folder, 3, loads, [[7, 3]]);
        await become("a change of the file on disk moves them as well", [
          "5: 5 ms · 1 call",
          "7: 3 ms · 1 call",
        ]);
      } finally {
        await closeAll();
        await rm(loads.fsPath, { force: true });
        await rm(folder, { recursive: true, force: true });
        await vscode.commands.executeCommand("traceline.clearHints");
      }
    },
  );

  story("Clear Latency Hints takes all of them away, until a trace is opened again", async () => {
    await withLens();
    await vscode.commands.executeCommand("traceline.clearHints");
    await until("no lens is left", async () => (await lensesOf(taxes())).length === 0);
    await closeAll();
    await withLens();
    await closeAll();
  });
}
