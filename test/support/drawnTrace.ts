import { AttributeType, attributesOf } from "../../src/model/attributes.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { SpanSink } from "../../src/model/spanSink.ts";
import { wordsOfBigint } from "../../src/model/time64.ts";
import { kindNames, Status, statusNames, type Trace } from "../../src/model/trace.ts";

/** Unix ns of the first character of a drawing. */
export const drawnEpoch = 1_700_000_000_000_000_000n;
export const drawnTraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const ms = 1_000_000;

/**
 * A trace drawn as text, one character = one ms, children indented below their parents:
 *
 *     A  ==========
 *      B  ====
 *       C  ==       !error service=db
 *      B2     |     kind=client http.route=/cart event=retry
 *
 * `|` is a span of no duration. Words behind the bar: `!error` or `!ok` (and `message=`), `service=` (else the parent's; "app" for a
 * root), `kind=`, `scope=`, `event=` (at the span's start; `exception` has a stack trace), `link=traceId/spanId`,
 * `resource.KEY=`; anything else is an attribute. Values of digits are ints, `true` and `false` bools; a value with blanks
 * stands in double quotes. Span ids count from 1 in the order drawn.
 */
export function drawTrace(text: string): Trace {
  const spans = readDrawing(text);
  const sink = new SpanSink();
  const trace = drawnTraceId.match(/.{8}/g)!.map((word) => Number.parseInt(word, 16));
  const resources = new Map<string, number>();
  const scopes = new Map<string, number>();
  spans.forEach((drawn, i) => {
    sink.begin();
    const { span } = sink;
    [span.trace0, span.trace1, span.trace2, span.trace3] = trace;
    span.idLow = i + 1;
    span.parentLow = drawn.parent + 1;
    span.name = sink.labels.internText(drawn.name);
    const start = drawnEpoch + BigInt(drawn.start * ms);
    const end = start + BigInt(drawn.length * ms);
    ({ high: span.startHigh, low: span.startLow } = wordsOfBigint(start));
    ({ high: span.endHigh, low: span.endLow } = wordsOfBigint(end));
    const ofResource: [string, string][] = [["service.name", drawn.service]];
    let scope = "";
    for (const [key, value] of drawn.words) {
      if (key === "!") span.status = statusNames.indexOf(value as "ok");
      else if (key === "message") span.message = sink.texts.internText(value) + 1;
      else if (key === "kind") span.kind = kindNames.indexOf(value as "client");
      else if (key === "scope") scope = value;
      else if (key === "event") addEvent(sink, start, value);
      else if (key === "link") addLink(sink, value);
      else if (key.startsWith("resource.")) ofResource.push([key.slice("resource.".length), value]);
      else addAttribute(sink, sink.attributes, key, value);
    }
    sink.commit(resourceOf(sink, resources, ofResource), scopeOf(sink, scopes, scope));
  });
  return buildTrace(sink, 0);
}

/** A trace as such a drawing, in canonical form: rows in order, names and words in columns, ids and sub-ms times left out. */
export function textOf(trace: Trace): string {
  const { labels, texts } = trace;
  const column = (ns: number) => Math.round(ns / ms);
  let bars = 0;
  for (let row = 0; row < trace.length; row++) {
    const nameEnd = trace.depth[row] + labels.at(trace.name[row]).length;
    bars = Math.max(bars, nameEnd + 2 - column(trace.start[row]));
  }
  const words = bars + column(trace.end) + 2;
  const lines: string[] = [];
  for (let row = 0; row < trace.length; row++) {
    const named = " ".repeat(trace.depth[row]) + labels.at(trace.name[row]);
    const bar = "=".repeat(column(trace.duration[row])) || "|";
    const line = named.padEnd(bars + column(trace.start[row])) + bar;
    lines.push(`${line.padEnd(words)}${wordsOf(trace, row).join(" ")}`.trimEnd());
  }
  return lines.join("\n");

  function wordsOf(trace: Trace, row: number): string[] {
    const list: string[] = [];
    const say = (key: string, value: string) =>
      list.push(`${key}=${/[\s"]|^$/.test(value) ? JSON.stringify(value) : value}`);
    if (trace.status[row] !== Status.unset) list.push(`!${statusNames[trace.status[row]]}`);
    if (trace.message[row] > 0) say("message", texts.at(trace.message[row] - 1));
    const service = trace.service[row];
    const parent = trace.parent[row];
    const name = labels.at(trace.services[service]);
    if (parent < 0 ? name !== "app" : service !== trace.service[parent]) say("service", name);
    if (trace.kind[row] > 0) say("kind", kindNames[trace.kind[row]]);
    const scope = labels.at(trace.scopes.name[trace.scope[row]]);
    if (scope !== "") say("scope", scope);
    for (const { key, value } of attributesOf(trace.attributes, row, labels, texts)) say(key, value);
    for (let i = trace.events.offset[row]; i < trace.events.offset[row + 1]; i++)
      say("event", labels.at(trace.events.name[i]));
    for (let i = trace.links.offset[row]; i < trace.links.offset[row + 1]; i++) {
      say("link", `${texts.at(trace.links.traceId[i])}/${texts.at(trace.links.spanId[i])}`);
    }
    for (const { key, value } of attributesOf(trace.resourceAttributes, trace.resource[row], labels, texts)) {
      if (key !== "service.name") say(`resource.${key}`, value);
    }
    return list;
  }
}

interface DrawnSpan {
  readonly name: string;
  readonly parent: number;
  readonly service: string;
  /** ms */
  readonly start: number;
  readonly length: number;
  readonly words: readonly (readonly [string, string])[];
}

function readDrawing(text: string): DrawnSpan[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const read = lines.map((line) => {
    const match = /^( *)(\S.*?)( +)(=+|\|)(?: +(.*))?$/.exec(line);
    if (match === null) throw new Error(`This is not a drawn span: ${line}`);
    const [, indent, name, gap, bar, words = ""] = match;
    return {
      indent: indent.length,
      name,
      bar,
      start: indent.length + name.length + gap.length,
      words: wordsIn(words),
    };
  });
  const left = Math.min(...read.map(({ start }) => start));
  const spans: DrawnSpan[] = [];
  const open: { indent: number; index: number }[] = [];
  for (const { indent, name, bar, start, words } of read) {
    while (open.length > 0 && open[open.length - 1].indent >= indent) open.pop();
    const parent = open.at(-1)?.index ?? -1;
    const service = words.find(([key]) => key === "service")?.[1] ?? spans[parent]?.service ?? "app";
    const index = spans.push({
      name,
      parent,
      service,
      start: start - left,
      length: bar === "|" ? 0 : bar.length,
      words: words.filter(([key]) => key !== "service"),
    });
    open.push({ indent, index: index - 1 });
  }
  return spans;
}

function wordsIn(text: string): [string, string][] {
  return [...text.matchAll(/!(\w+)|([^\s=]+)=("(?:[^"\\]|\\.)*"|\S*)/g)].map(([, flag, key, value]) => {
    if (flag !== undefined) return ["!", flag];
    return [key, value.startsWith('"') ? (JSON.parse(value) as string) : value];
  });
}

function addAttribute(sink: SpanSink, attributes: SpanSink["attributes"], key: string, value: string): void {
  const type = /^-?\d+$/.test(value)
    ? AttributeType.int
    : /^(true|false)$/.test(value)
      ? AttributeType.bool
      : AttributeType.string;
  attributes.add(sink.labels.internText(key), type, sink.texts.internText(value));
}

function addEvent(sink: SpanSink, at: bigint, name: string): void {
  if (name === "exception") {
    addAttribute(sink, sink.eventAttributes, "exception.type", "Error");
    addAttribute(sink, sink.eventAttributes, "exception.message", "it failed");
    addAttribute(
      sink,
      sink.eventAttributes,
      "exception.stacktrace",
      "Error: it failed\n    at pay (src/pay.js:3:5)",
    );
  }
  const { high, low } = wordsOfBigint(at);
  sink.addEvent(high, low, sink.labels.internText(name));
}

function addLink(sink: SpanSink, ids: string): void {
  const [traceId, spanId] = ids.split("/");
  sink.addLink(sink.texts.internText(traceId), sink.texts.internText(spanId));
}

function resourceOf(
  sink: SpanSink,
  known: Map<string, number>,
  attributes: readonly [string, string][],
): number {
  const key = JSON.stringify(attributes);
  const old = known.get(key);
  if (old !== undefined) return old;
  const index = sink.addResource();
  sink.openResource();
  for (const [name, value] of attributes) addAttribute(sink, sink.resourceAttributes, name, value);
  sink.closeResource(index);
  known.set(key, index);
  return index;
}

function scopeOf(sink: SpanSink, known: Map<string, number>, name: string): number {
  const old = known.get(name);
  if (old !== undefined) return old;
  const index = sink.addScope();
  sink.openScope();
  sink.closeScope(index, sink.labels.internText(name), sink.labels.internText(""));
  known.set(name, index);
  return index;
}
