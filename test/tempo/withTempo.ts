import assert from "node:assert/strict";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Tempo } from "../../scripts/tempo.ts";
import type { BackendIo, Connection, TraceSource } from "../../src/backends/backend.ts";
import { connectTempo } from "../../src/backends/tempo.ts";
import { createDecoder } from "../../src/workers/decoder.ts";

export const { signal } = new AbortController();
export const decoder = createDecoder(new URL("../../src/workers/decode.ts", import.meta.url));
after(() => decoder.dispose());

const io: BackendIo = { secret: async () => undefined, decode: decoder.decode, log: () => {}, now: Date.now };

/** A source of a running Tempo. */
export function sourceOf(tempo: Tempo, more: Partial<Connection> = {}): TraceSource {
  const connection = { name: "Tempo", kind: "tempo", url: tempo.url, headers: {}, tenant: "" };
  return connectTempo({ ...connection, auth: "none", user: "", ...more }, io);
}

/** Sends an OTLP/JSON request. */
export async function send(tempo: Tempo, request: object, tenant = ""): Promise<void> {
  const response = await fetch(`${tempo.otlpHttp}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(tenant === "" ? {} : { "X-Scope-OrgID": tenant }) },
    body: JSON.stringify(request),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Waits until what was sent is there to be found. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isSo()) return;
    await pause(100);
  }
  assert.fail(`Tempo did not show ${what} within 20 s`);
}

type Plain = string | number | boolean;

/** Attributes as OTLP/JSON has them: whole numbers are ints. */
export function attributesOf(plain: Readonly<Record<string, Plain>>): object[] {
  return Object.entries(plain).map(([key, value]) => {
    if (typeof value === "string") return { key, value: { stringValue: value } };
    if (typeof value === "boolean") return { key, value: { boolValue: value } };
    return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
  });
}

export interface PlainSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed?: boolean;
  readonly attributes?: Readonly<Record<string, Plain>>;
}

/** Spans of one service as an OTLP/JSON request. */
export function requestOf(service: string, spans: readonly PlainSpan[]): object {
  const ns = (ms: number) => String(BigInt(Math.round(ms * 1000)) * 1000n);
  const list = spans.map(
    ({ traceId, spanId, parentSpanId, name, kind = 1, failed, attributes = {}, ...span }) => ({
      traceId,
      spanId,
      parentSpanId,
      name,
      kind,
      startTimeUnixNano: ns(span.startMs),
      endTimeUnixNano: ns(span.startMs + span.durationMs),
      attributes: attributesOf(attributes),
      status: failed === true ? { code: 2 } : {},
    }),
  );
  const resource = { attributes: attributesOf({ "service.name": service }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: list }] }] };
}
