import type { Attributes } from "./attributes.ts";
import type { SpanSink } from "./spanSink.ts";
import type { Trace } from "./trace.ts";

/**
 * Leaves in a trace only the strings it uses, when its sink holds other traces too; a sink's only trace keeps the tables as
 * they are, without a copy.
 */
export function compactStrings(sink: SpanSink, trace: Trace): Trace {
  if (sink.traceIds.length <= 1) return trace;
  const labels = new Uint8Array(sink.labels.length);
  const texts = new Uint8Array(sink.texts.length);
  const attributeLists = [
    trace.attributes,
    trace.events.attributes,
    trace.links.attributes,
    trace.resourceAttributes,
    trace.scopes.attributes,
  ];
  for (const { key, value } of attributeLists) {
    for (const label of key) labels[label] = 1;
    for (const text of value) texts[text] = 1;
  }
  const labelColumns = [
    trace.name,
    trace.services,
    trace.events.name,
    trace.scopes.name,
    trace.scopes.version,
  ];
  for (const column of labelColumns) for (const label of column) labels[label] = 1;
  const textColumns = [trace.links.traceId, trace.links.spanId, trace.textIds.text];
  for (const column of textColumns) for (const text of column) texts[text] = 1;
  const optional = [trace.message, trace.warnings.detail];
  for (const column of optional) for (const text of column) if (text > 0) texts[text - 1] = 1;

  const keptLabels = sink.labels.compact(labels);
  const keptTexts = sink.texts.compact(texts);
  const label = (index: number) => keptLabels.moved[index];
  const text = (index: number) => keptTexts.moved[index];
  const textPlus = (index: number) => (index === 0 ? 0 : keptTexts.moved[index - 1] + 1);
  const attributes = (list: Attributes): Attributes => ({
    offset: list.offset,
    key: list.key.map(label),
    type: list.type,
    value: list.value.map(text),
  });
  return {
    ...trace,
    name: trace.name.map(label),
    services: trace.services.map(label),
    message: trace.message.map(textPlus),
    attributes: attributes(trace.attributes),
    events: {
      ...trace.events,
      name: trace.events.name.map(label),
      attributes: attributes(trace.events.attributes),
    },
    links: {
      offset: trace.links.offset,
      traceId: trace.links.traceId.map(text),
      spanId: trace.links.spanId.map(text),
      attributes: attributes(trace.links.attributes),
    },
    resourceAttributes: attributes(trace.resourceAttributes),
    scopes: {
      name: trace.scopes.name.map(label),
      version: trace.scopes.version.map(label),
      attributes: attributes(trace.scopes.attributes),
    },
    warnings: { ...trace.warnings, detail: trace.warnings.detail.map(textPlus) },
    textIds: { row: trace.textIds.row, text: trace.textIds.text.map(text) },
    labels: keptLabels.table,
    texts: keptTexts.table,
  };
}
