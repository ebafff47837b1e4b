import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { editor } from "../../support/fakeVscode.ts";

const { offeringText, openAsText } = await import("../../../src/editor/openAsText.ts");

const file = { kind: "file", path: "/notes.json", traceId: "" } as const;
const ofServer = { kind: "connection", connection: "Jaeger", traceId: "a" } as const;

beforeEach(() => editor.reset());

for (const code of ["format", "json", "json-cut"]) {
  test(`A file that is wrong within (${code}) is offered as text`, () => {
    const offered = offeringText(new UserError("notes.json: This is no trace.", { code }), file);
    assert.ok(offered instanceof UserError);
    assert.deepEqual([offered.action, offered.message], ["openAsText", "notes.json: This is no trace."]);
  });
}

for (const [what, error, address] of [
  ["an answer of a server", new UserError("No trace.", { code: "format" }), ofServer],
  ["a file that is not there", new UserError("notes.json cannot be read: it does not exist."), file],
  ["an error with a button of its own", new UserError("x", { code: "json", action: "retry" }), file],
  ["a defect", new Error("x"), file],
] as const) {
  test(`Of ${what} no text is offered`, () => assert.equal(offeringText(error, address), error));
}

test("The text of a file opens in the text editor, whichever editor is set for such files; a trace of no file opens nothing", async () => {
  await openAsText(file);
  await openAsText(ofServer);
  const uri = { scheme: "file", fsPath: "/notes.json" };
  assert.deepEqual(editor.commands, [["vscode.openWith", uri, "default"]]);
});
