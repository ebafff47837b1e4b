import assert from "node:assert/strict";
import { test } from "node:test";
import type * as vscode from "vscode";
import type { TraceSearch } from "../../../src/editor/searchTraces.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts } from "./connectionParts.ts";

const { TraceqlDocuments } = await import("../../../src/editor/traceqlDocuments.ts");

test("A wrong query is not sent unasked, and nothing of it is a link in the message", async (t) => {
  editor.reset();
  editor.user.set("connections", [{ name: "tempo", kind: "tempo", url: "http://tempo.example" }]);
  const uri = { toString: () => "untitled:query" };
  const text = "{ foo = 1 } [Run](command:workbench.action.quit)";
  editor.documents = [
    {
      uri,
      languageId: "traceql",
      version: 1,
      isClosed: false,
      getText: () => text,
      positionAt: (at: number) => at,
    },
  ];
  let searches = 0;
  const search = { run: async () => searches++, formOf: () => ({ lookback: "1h", limit: 20 }) };
  const documents = new TraceqlDocuments(connectionParts().connections, search as unknown as TraceSearch);
  t.after(() => documents.dispose());
  await documents.run(uri as unknown as vscode.Uri);
  assert.equal(searches, 0);
  assert.match(editor.asked[0].text, /^The query was not sent\. Column 3: "foo" is not known/);
  assert.doesNotMatch(editor.asked[0].text, /\]\(/);
  editor.answer = () => "Send Anyway";
  await documents.run(uri as unknown as vscode.Uri);
  assert.equal(searches, 1);
});
