import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { anyTrace } from "../../../src/editor/searchQuery.ts";
import type { SearchState, TraceSearch } from "../../../src/editor/searchTraces.ts";
import type { TraceSummary } from "../../../src/model/summary.ts";
import { editor } from "../../support/fakeVscode.ts";

const { SearchTree } = await import("../../../src/editor/searchTree.ts");

beforeEach(() => editor.reset());

const form = { ...anyTrace, connection: "Jaeger", service: "cart", lookback: "1h", limit: 20 };
const nothing: SearchState = { form, running: false, traces: [], limited: [], notes: [], failures: [] };

function found(count: number): SearchState["traces"] {
  return Array.from({ length: count }, (_, i) => {
    const summary: TraceSummary = {
      traceId: String(i + 1),
      startMs: 0,
      spans: 1,
      rootService: "cart",
      rootName: "GET /cart",
      durationNs: 1e6,
      errors: 0,
      services: [],
    };
    return { summary, connections: ["Jaeger"] };
  });
}

/** The view in lines: what stands beside its title, its message, its rows that are no traces, and how many traces. */
function shown(more: Partial<SearchState>): string[] {
  const state = { ...nothing, ...more };
  const tree = new SearchTree({ state, onChange: () => ({ dispose() {} }) } as unknown as TraceSearch);
  const rows = tree.getChildren();
  const other = rows
    .filter(({ kind }) => kind !== "trace")
    .map((row) => {
      const item = tree.getTreeItem(row);
      return `${(item.iconPath as { id: string }).id} ${item.label}`;
    });
  const traces = rows.filter(({ kind }) => kind === "trace").length;
  return [tree.description(), tree.message(), ...other, `${traces} rows`];
}

describe("above and among the results of a search", () => {
  const title = "cart · last 1h";
  for (const [what, state, lines] of [
    ["that it runs", { running: true, traces: found(2) }, ["Searching Jaeger…", "2 rows"]],
    ["how many there are", { traces: found(3) }, ["3 traces", "3 rows"]],
    [
      "that there are none, with what to do, where it wraps",
      {},
      ["No traces found. Widen the time range or remove a filter.", "0 rows"],
    ],
    [
      "that it was cut at the limit",
      { traces: found(20), limited: ["Jaeger"] },
      ["20 traces", "info There may be more. Raise the limit to see it.", "20 rows"],
    ],
    [
      "why nothing came",
      { failures: ["Jaeger is down $(gear)."] },
      ["", "warning Jaeger is down $\u2060(gear).", "0 rows"],
    ],
    [
      "each failure and each note in a row of its own",
      { traces: found(1), failures: ["A is down.", "B is down."], notes: ["Tags were ignored."] },
      ["1 trace", "warning A is down.", "warning B is down.", "info Tags were ignored.", "1 rows"],
    ],
    [
      "that there are more rows",
      { traces: found(450) },
      ["450 traces", "ellipsis Show 200 more", "200 rows"],
    ],
  ] as const) {
    test(`stands ${what}`, () => assert.deepEqual(shown(state), [title, ...lines]));
  }

  test("stands which of all connections may have more", () => {
    const lines = shown({
      form: { ...form, connection: "" },
      traces: found(1),
      limited: ["Jaeger", "Tempo"],
    });
    assert.equal(lines[2], "info Jaeger and Tempo may have more. Raise the limit to see it.");
  });
});
