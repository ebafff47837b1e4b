/** Every span of the OTLP/JSON documents, with the service it belongs to. */
export function spansOf(documents) {
  return documents.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((span) => ({ ...span, service: attribute(resource, "service.name") })),
      ),
    ),
  );
}

/** The value of an attribute of a span, an event or a resource, or undefined. */
export function attribute(owner, key) {
  const value = owner.attributes?.find((candidate) => candidate.key === key)?.value;
  return value?.stringValue ?? value?.intValue ?? value?.boolValue ?? value?.doubleValue;
}

/** A span's duration in milliseconds. */
export function duration({ startTimeUnixNano, endTimeUnixNano }) {
  return Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6;
}

/** One document with just the spans of one trace. */
export function onlyTrace(documents, traceId) {
  const resourceSpans = documents.flatMap((document) => document.resourceSpans);
  const ofTrace = resourceSpans.map(({ scopeSpans, ...resource }) => ({
    ...resource,
    scopeSpans: scopeSpans
      .map(({ spans, ...scope }) => ({ ...scope, spans: spans.filter((span) => span.traceId === traceId) }))
      .filter(({ spans }) => spans.length > 0),
  }));
  return { resourceSpans: ofTrace.filter(({ scopeSpans }) => scopeSpans.length > 0) };
}
