import {
  epoch,
  type GeneratedAttribute,
  type GeneratedSpan,
  generateSpans,
  instances,
  spanIdText,
  traceIdText,
} from "./generateSpans.ts";

/** A trace of `count` spans as one OTLP JSON document. */
export function* otlpJsonTrace(count: number, seed = 1): Generator<Uint8Array> {
  const traceId = traceIdText(seed);
  const batches = instances.map((): string[] => []);
  let first = true;
  const flush = (instance: number): Buffer => {
    const { attributes } = instances[instance];
    const text = `${first ? '{"resourceSpans":[' : ","}{"resource":{"attributes":[${attributes.map(otlpAttribute).join(",")}]},"scopeSpans":[{"scope":{"name":"generated","version":"1.0.0"},"spans":[${batches[instance].join(",")}]}]}`;
    first = false;
    batches[instance] = [];
    return Buffer.from(text);
  };
  for (const span of generateSpans(count, seed)) {
    if (batches[span.instance].push(otlpSpan(span, traceId)) === 512) yield flush(span.instance);
  }
  for (let i = 0; i < batches.length; i++) if (batches[i].length > 0) yield flush(i);
  yield Buffer.from("]}");
}

function otlpSpan(span: GeneratedSpan, traceId: string): string {
  const parent = span.parent < 0 ? "" : `"parentSpanId":"${spanIdText(span.parent)}",`;
  const events = span.events.map(
    (event) =>
      `{"timeUnixNano":"${nanos(event.time)}","name":"${event.name}","attributes":[${event.attributes.map(otlpAttribute).join(",")}]}`,
  );
  const status = span.error === "" ? "{}" : `{"message":${JSON.stringify(span.error)},"code":2}`;
  return `{"traceId":"${traceId}","spanId":"${spanIdText(span.index)}",${parent}"name":${JSON.stringify(span.name)},"kind":${span.kind},"startTimeUnixNano":"${nanos(span.start)}","endTimeUnixNano":"${nanos(span.start + span.duration)}","attributes":[${span.attributes.map(otlpAttribute).join(",")}],"events":[${events.join(",")}],"status":${status}}`;
}

function otlpAttribute([key, value]: GeneratedAttribute): string {
  if (typeof value === "string") return `{"key":"${key}","value":{"stringValue":${JSON.stringify(value)}}}`;
  if (typeof value === "boolean") return `{"key":"${key}","value":{"boolValue":${value}}}`;
  return `{"key":"${key}","value":{"intValue":"${value}"}}`;
}

/** A trace of `count` spans as Jaeger's answer to a trace request. */
export function* jaegerTrace(count: number, seed = 1): Generator<Uint8Array> {
  const traceId = traceIdText(seed);
  yield Buffer.from(`{"data":[{"traceID":"${traceId}","spans":[`);
  let texts: string[] = [];
  let comma = "";
  for (const span of generateSpans(count, seed)) {
    texts.push(comma + jaegerSpan(span, traceId));
    comma = ",";
    if (texts.length === 512) {
      yield Buffer.from(texts.join(""));
      texts = [];
    }
  }
  const processes = instances.map(({ service, attributes }, i) => {
    const tags = attributes.filter(([key]) => key !== "service.name").map(jaegerTag);
    return `"p${i + 1}":{"serviceName":"${service}","tags":[${tags.join(",")}]}`;
  });
  yield Buffer.from(
    `${texts.join("")}],"processes":{${processes.join(",")}},"warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}`,
  );
}

const jaegerKinds = ["", "internal", "server", "client"];

function jaegerSpan(span: GeneratedSpan, traceId: string): string {
  const references =
    span.parent < 0
      ? ""
      : `{"refType":"CHILD_OF","traceID":"${traceId}","spanID":"${spanIdText(span.parent)}"}`;
  const tags: GeneratedAttribute[] = [
    ["otel.scope.name", "generated"],
    ["otel.scope.version", "1.0.0"],
    ...span.attributes,
  ];
  tags.push(["span.kind", jaegerKinds[span.kind]]);
  if (span.error !== "") {
    tags.push(["otel.status_code", "ERROR"], ["error", true], ["otel.status_description", span.error]);
  }
  const logs = span.events.map(
    (event) =>
      `{"timestamp":${micros(event.time)},"fields":[${[["event", event.name] as const, ...event.attributes].map(jaegerTag).join(",")}]}`,
  );
  return `{"traceID":"${traceId}","spanID":"${spanIdText(span.index)}","operationName":${JSON.stringify(span.name)},"references":[${references}],"startTime":${micros(span.start)},"duration":${Math.floor(span.duration / 1000)},"tags":[${tags.map(jaegerTag).join(",")}],"logs":[${logs.join(",")}],"processID":"p${span.instance + 1}","warnings":null}`;
}

function jaegerTag([key, value]: GeneratedAttribute): string {
  const type = typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "int64";
  return `{"key":"${key}","type":"${type}","value":${JSON.stringify(value)}}`;
}

function nanos(after: number): string {
  return (epoch + BigInt(after)).toString();
}

function micros(after: number): number {
  return Number(epoch / 1000n) + Math.floor(after / 1000);
}
