import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { anyTrace } from "../../../src/editor/searchQuery.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts, memorySource, received } from "./connectionParts.ts";

const { fillSearchForm } = await import("../../../src/editor/searchForm.ts");

beforeEach(() => editor.reset());

test("Clear All, offered while a filter is set, empties all but where, how far back and how much", async () => {
  const { connections } = connectionParts();
  connections.addBuiltIn(received, memorySource(received));
  const form = { ...anyTrace, connection: received.name, service: "shop", lookback: "7d", limit: 5 };
  editor.answer = ({ choices }) => choices.find((label) => label.includes("Clear All")) ?? choices[0];
  const cleared = await fillSearchForm(form, [], connections);
  assert.deepEqual(cleared, { ...form, service: "" });
  assert.deepEqual(
    editor.asked.map(({ choices }) => choices.includes("$(clear-all) Clear All")),
    [true, false],
  );
});
