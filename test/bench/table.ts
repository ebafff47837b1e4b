import { jaegerUi, type KnownFigures, prototype } from "./knownFigures.ts";
import type { DecodeFigures } from "./measureDecode.ts";
import type { FrameFigures, PageFigures } from "./measurePage.ts";
import { inputs, type TraceFile } from "./traceFiles.ts";

/** One trace file and the medians of its runs. */
export interface Measured {
  readonly file: TraceFile;
  readonly page: PageFigures;
  readonly decode: DecodeFigures;
  /** Cores that others used before the runs, at most. */
  readonly busy: number;
}

/** First rows come in at most these shares of Jaeger UI's time. */
const firstRowsShare = { proto: 1 / 6, json: 1 / 4 } as const;

interface Column {
  readonly title: string;
  readonly own: (page: PageFigures) => string;
  readonly known: (figures: KnownFigures) => string;
}

const columns: readonly Column[] = [
  time("first rows", "firstRows"),
  { title: "details", own: ({ details }) => ms(details), known: () => "" },
  frames("scroll", "scroll"),
  frames("minimap drag", "minimap"),
  { title: "zoom", own: ({ zoom }) => rate(zoom), known: () => "" },
  time("find", "find"),
  time("collapse all", "collapseAll"),
  time("expand all", "expandAll"),
  time("open details", "openDetails"),
  {
    title: "page heap",
    own: ({ heap, heapAndBuffers }) => `${mb(heap)} (${mb(heapAndBuffers)})`,
    known: ({ heap }) => (heap === undefined ? "" : mb(heap)),
  },
];

/** Our figures beside those of others, with the ratio to Jaeger UI's, as one table. */
export function pageTable(all: readonly Measured[]): string {
  const rows: string[][] = [];
  for (const spans of new Set(all.map(({ file }) => file.spans))) {
    const jaeger = jaegerUi.get(spans);
    const known = (name: string, figures: KnownFigures | undefined) => {
      if (figures !== undefined)
        rows.push([count(spans), name, ...columns.map((column) => column.known(figures))]);
    };
    known("Jaeger UI, its JSON", jaeger);
    known("prototype, OTLP protobuf", prototype.get(spans));
    for (const { file, page } of all.filter(({ file }) => file.spans === spans)) {
      const { title } = inputs[file.input];
      rows.push([count(spans), `**Traceline, ${title}**`, ...columns.map((column) => column.own(page))]);
      if (jaeger !== undefined) rows.push(["", "ratio to Jaeger UI", ...ratios(page, jaeger)]);
    }
  }
  return table(["spans", "", ...columns.map(({ title }) => title)], rows);
}

function ratios(page: PageFigures, jaeger: KnownFigures): string[] {
  const of = (own: number, known: number | undefined) =>
    known === undefined ? "" : (own / known).toPrecision(2);
  return [
    of(page.firstRows, jaeger.firstRows),
    "",
    of(page.scroll.perSecond, jaeger.scroll),
    of(page.minimap.perSecond, jaeger.minimap),
    "",
    of(page.find, jaeger.find),
    of(page.collapseAll, jaeger.collapseAll),
    of(page.expandAll, jaeger.expandAll),
    of(page.openDetails, jaeger.openDetails),
    of(page.heap, jaeger.heap),
  ];
}

/** What decoding alone costs, in a thread that is warm. */
export function decodeTable(all: readonly Measured[]): string {
  const rows = all.map(({ file, decode }) => [
    count(file.spans),
    inputs[file.input].title,
    `${(file.bytes / 1e6).toFixed(1)} MB`,
    ms(decode.ms),
    `${Math.round(file.bytes / 1e3 / decode.ms)} MB/s`,
    `${count(Math.round(file.spans / decode.ms))}k spans/s`,
    `${decode.columns.toFixed(1)} MB`,
    `${decode.peak.toFixed(0)} MB`,
    (decode.peak / decode.columns).toFixed(1),
  ]);
  return table(
    ["spans", "", "file", "decoding", "bytes", "spans", "columns", "process grew by", "times the columns"],
    rows,
  );
}

/** How many of the goals hold, and those that do not, a line each. */
export function goalLines(all: readonly Measured[]): string {
  const missed: string[] = [];
  let goals = 0;
  for (const { file, page } of all) {
    const goal = (name: string, holds: boolean, is: string, wanted: string) => {
      goals++;
      const trace = `${count(file.spans)} spans, ${inputs[file.input].title}`;
      if (!holds) missed.push(`Missed: ${trace}: ${name} ${is}, goal ${wanted}`);
    };
    const jaeger = jaegerUi.get(file.spans);
    if (jaeger !== undefined) {
      const most = jaeger.firstRows * firstRowsShare[file.input];
      goal("first rows", page.firstRows <= most, ms(page.firstRows), `at most ${ms(most)}`);
    }
    for (const name of ["scroll", "minimap", "zoom"] as const) {
      const { perSecond, p95 } = page[name];
      goal(name, perSecond >= 50 && p95 < 34, rate(page[name]), "at least 50 fps, 95 % of them under 34 ms");
    }
    if (file.spans <= 200_000) goal("find", page.find <= 200, ms(page.find), "at most 200 ms");
    goal("page heap", page.heap < 100, mb(page.heap), "under 100 MB");
  }
  const summary =
    missed.length === 0 ? `All ${goals} goals hold.` : `${goals - missed.length} of ${goals} goals hold.`;
  return [summary, ...missed].join("\n");
}

function time(
  title: string,
  key: "firstRows" | "find" | "collapseAll" | "expandAll" | "openDetails",
): Column {
  return {
    title,
    own: (page) => ms(page[key]),
    known: (figures) => (figures[key] === undefined ? "" : ms(figures[key])),
  };
}

function frames(title: string, key: "scroll" | "minimap"): Column {
  return {
    title,
    own: (page) => rate(page[key]),
    known: (figures) => (figures[key] === undefined ? "" : `${figures[key]} fps`),
  };
}

function rate({ perSecond, p95 }: FrameFigures): string {
  return `${Math.round(perSecond)} fps, ${Math.round(p95)} ms`;
}

function ms(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
}

function mb(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} MB`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
