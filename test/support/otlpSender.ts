/** A span as a program sends it. Ids are small numbers, unique in the trace; times are ms. */
export interface ProgramSpan {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** After the moment of sending; 0 when left out. */
  readonly at?: number;
  readonly ms: number;
  /** "shop" when left out. */
  readonly service?: string;
}

/** An id of 32 hex digits that begins with the time, as no other test run has. */
export function newTraceId(): string {
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  return `5e${Date.now().toString(16).padStart(14, "0")}${random.padStart(16, "0")}`;
}

/** Sends spans of one trace as OTLP JSON to a receiver's HTTP port, as they happened just now; rejects unless they were stored. */
export async function sendSpans(port: number, traceId: string, spans: readonly ProgramSpan[]): Promise<void> {
  const now = Date.now();
  const services = new Set(spans.map(({ service }) => service ?? "shop"));
  const resourceSpans = [...services].map((service) => ({
    resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: spans
          .filter((span) => (span.service ?? "shop") === service)
          .map(({ id, parent, name, at = 0, ms }) => ({
            traceId,
            spanId: idText(id),
            ...(parent === undefined ? {} : { parentSpanId: idText(parent) }),
            name,
            kind: 1,
            startTimeUnixNano: nanoseconds(now + at),
            endTimeUnixNano: nanoseconds(now + at + ms),
          })),
      },
    ],
  }));
  await send(port, "traces", { resourceSpans });
}

/** Sends a log record of a span, written just now. */
export async function sendLog(port: number, traceId: string, span: number, text: string): Promise<void> {
  const record = {
    timeUnixNano: nanoseconds(Date.now()),
    severityNumber: 13,
    severityText: "WARN",
    body: { stringValue: text },
    traceId,
    spanId: idText(span),
  };
  await send(port, "logs", { resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [record] }] }] });
}

async function send(port: number, signal: "traces" | "logs", body: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status !== 200)
    throw new Error(`The receiver answered ${answer.status}: ${await answer.text()}`);
}

function idText(id: number): string {
  return id.toString(16).padStart(16, "0");
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}
