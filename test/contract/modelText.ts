import type { Attributes } from "../../src/model/attributes.ts";
import { attributesOf, attributeTypeNames } from "../../src/model/attributes.ts";
import { buildTrace } from "../../src/model/buildTrace.ts";
import { spanIdOf } from "../../src/model/spanId.ts";
import type { SpanSink } from "../../src/model/spanSink.ts";
import { kindNames, type Trace } from "../../src/model/trace.ts";

/** A trace as lines of text, one a row, with all that decoding can get wrong: to be compared with another's. */
export function traceText(trace: Trace): string[] {
  const { labels, texts } = trace;
  const attributes = (from: Attributes, owner: number): string =>
    attributesOf(from, owner, labels, texts)
      .map(({ key, type, value }) => `${key}=${attributeTypeNames[type]}:${value}`)
      .join(" ");
  const lines: string[] = [];
  for (let row = 0; row < trace.length; row++) {
    const events: string[] = [];
    for (let i = trace.events.offset[row]; i < trace.events.offset[row + 1]; i++) {
      events.push(
        `${labels.at(trace.events.name[i])}@${trace.events.time[i]}(${attributes(trace.events.attributes, i)})`,
      );
    }
    const links: string[] = [];
    for (let i = trace.links.offset[row]; i < trace.links.offset[row + 1]; i++) {
      links.push(`${texts.at(trace.links.traceId[i])}/${texts.at(trace.links.spanId[i])}`);
    }
    lines.push(
      [
        `${trace.traceId}/${spanIdOf(trace, row)}<${trace.parent[row]}`,
        `${labels.at(trace.services[trace.service[row]])}: ${labels.at(trace.name[row])}`,
        kindNames[trace.kind[row]],
        `status ${trace.status[row]} ${trace.message[row] === 0 ? "" : texts.at(trace.message[row] - 1)}`,
        `${trace.epoch + BigInt(trace.start[row])}+${trace.duration[row]}`,
        attributes(trace.attributes, row),
        attributes(trace.resourceAttributes, trace.resource[row]),
        `${labels.at(trace.scopes.name[trace.scope[row]])} ${labels.at(trace.scopes.version[trace.scope[row]])}`,
        events.join(" "),
        links.join(" "),
      ].join(" | "),
    );
  }
  return lines;
}

/** All traces of a sink, and its notes. */
export function sinkText(sink: SpanSink): string[] {
  const traces = sink.traceIds.flatMap((_, i) => traceText(buildTrace(sink, i)));
  return [...traces, ...[...sink.notes].map(([note, times]) => `${note} (${times})`)];
}
