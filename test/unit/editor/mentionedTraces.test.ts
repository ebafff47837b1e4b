import assert from "node:assert/strict";
import { test } from "node:test";
import { mentionedTraces } from "../../../src/editor/links/mentionedTraces.ts";
import { traceMentions } from "../../../src/model/traceMentions.ts";

const id = "0af7651916cd43dd8448eb211c80319c";
const other = "5b8efff798038103d269b633813fc60c";

function linked(line: string, known: readonly string[] | Promise<never> | "never") {
  const asked: string[] = [];
  const mentions = traceMentions(line).map((mention) => ({ ...mention, at: 0 }));
  const traces = {
    known(ids: readonly string[]): Promise<ReadonlySet<string>> {
      asked.push(...ids);
      if (known === "never") return new Promise(() => {});
      return known instanceof Promise ? known : Promise.resolve(new Set(known));
    },
    open() {},
  };
  return mentionedTraces(mentions, traces).then((found) => ({
    ids: found.map(({ traceId }) => traceId),
    asked,
  }));
}

test("an id that is said to be a trace's leads there without anything being asked", async () => {
  assert.deepEqual(await linked(`trace_id=${id}`, []), { ids: [id], asked: [] });
});

test("a bare id leads somewhere only when its trace is known", async () => {
  assert.deepEqual(await linked(`${id} ${other}`, [other]), { ids: [other], asked: [id, other] });
});

test("digits that are hex or decimal lead to the known one of the two, else are taken for hex", async () => {
  const line = "trace_id=1234567890123456";
  const decimal = "000000000000000000000462d53c8abac0".slice(-32);
  assert.deepEqual((await linked(line, [decimal])).ids, [decimal]);
  assert.deepEqual((await linked(line, [])).ids, ["00000000000000001234567890123456"]);
});

test("an answer that fails or does not come is no answer", async () => {
  assert.deepEqual((await linked(id, Promise.reject(new Error("no store")))).ids, []);
  assert.deepEqual((await linked(`${id} trace_id=${other}`, "never")).ids, [other]);
});
