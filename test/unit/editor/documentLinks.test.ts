import assert from "node:assert/strict";
import { test } from "node:test";
import type * as vscode from "vscode";
import { Emitter } from "../../../src/base/event.ts";
import "../../support/fakeVscode.ts";

interface Provider {
  provideDocumentLinks(document: unknown, token: unknown): Promise<{ range: { start: number } }[]>;
}

const fake = (await import("vscode")) as unknown as {
  window: Record<string, unknown>;
  languages: Record<string, unknown>;
};
const scrolled = new Emitter<unknown>();
let provider: Provider | undefined;
let registrations = 0;
fake.window.onDidChangeTextEditorVisibleRanges = scrolled.event;
fake.languages.registerDocumentLinkProvider = (_: unknown, registered: Provider) => {
  provider = registered;
  registrations++;
  return { dispose() {} };
};
const { registerDocumentLinks } = await import("../../../src/editor/links/documentLinks.ts");

const id = "0af7651916cd43dd8448eb211c80319c";

/** A document of so many lines, each with so many ids, and the lines that have links when these are on screen. */
function opened(lineCount: number, mentions: number) {
  const links = registerDocumentLinks({ known: async () => new Set(), open() {} });
  registrations = 0;
  const document = { lineCount, lineAt: () => ({ text: `trace_id=${id} `.repeat(mentions) }) };
  const editor = { document, visibleRanges: [] as unknown[] };
  fake.window.visibleTextEditors = [editor];
  const linked = async (from: number, to: number): Promise<ReadonlySet<number>> => {
    editor.visibleRanges = [{ start: { line: from }, end: { line: to } }];
    const found = await provider!.provideDocumentLinks(document, { isCancellationRequested: false });
    return new Set(found.map(({ range }) => range.start));
  };
  /** Scrolls, and tells how often the provider is registered anew for it. */
  const scroll = (t: { mock: typeof import("node:test").mock }, from: number, to: number): number => {
    registrations = 0;
    editor.visibleRanges = [{ start: { line: from }, end: { line: to } }];
    scrolled.fire({ textEditor: editor as unknown as vscode.TextEditor });
    t.mock.timers.tick(1000);
    return registrations;
  };
  return { linked, scroll, links };
}

const all = (lines: ReadonlySet<number>, from: number, to: number) => {
  for (let at = from; at <= to; at++) if (!lines.has(at)) return false;
  return true;
};

test("A document of 5,000 lines is read as a whole", async (t) => {
  const { linked, links } = opened(5_000, 1);
  t.after(() => links.dispose());
  assert.equal((await linked(0, 50)).size, 5_000);
});

for (const mentions of [1, 3, 20]) {
  test(`Of 50,000 lines with ${mentions} ids each, what is on screen has its links, wherever it is scrolled`, async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { linked, scroll, links } = opened(50_000, mentions);
    t.after(() => links.dispose());
    let found = await linked(20_000, 20_050);
    for (let from = 18_000; from < 23_000; from += 40) {
      if (scroll(t, from, from + 50) > 0) found = await linked(from, from + 50);
      assert.ok(all(found, from, from + 50), `lines from ${from}`);
    }
  });
}

test("Of a short document with more mentions than are read, what is on screen has its links too", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { linked, scroll, links } = opened(4_000, 4);
  t.after(() => links.dispose());
  assert.ok(all(await linked(0, 50), 0, 50));
  assert.equal(scroll(t, 3_900, 3_950), 1);
  assert.ok(all(await linked(3_900, 3_950), 3_900, 3_950));
});

test("Scrolling within what was read asks for nothing", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { linked, scroll, links } = opened(50_000, 1);
  t.after(() => links.dispose());
  await linked(20_000, 20_050);
  assert.equal(scroll(t, 19_100, 19_150) + scroll(t, 21_000, 21_050), 0);
});
