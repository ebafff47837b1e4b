import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Jaeger } from "../../scripts/jaeger.ts";

/** Sends an OTLP request to Jaeger: JSON, or the bytes of a protobuf. */
export async function sendOtlp(
  jaeger: Pick<Jaeger, "otlpHttp">,
  request: object | Uint8Array,
): Promise<void> {
  const isBytes = request instanceof Uint8Array;
  const response = await fetch(`${jaeger.otlpHttp}/v1/traces`, {
    method: "POST",
    headers: { "content-type": isBytes ? "application/x-protobuf" : "application/json" },
    body: isBytes ? Buffer.from(request) : JSON.stringify(request),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Asks until the answer is yes; what was sent is seen after some ms. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await ask()) return;
    await pause(100);
  }
  assert.fail("Jaeger did not show what was sent within 30 s");
}

/** A span of `sentSpans`; times are ms after its beginning. */
export interface SentOtlp {
  readonly traceId: string;
  readonly id: number;
  readonly parent?: number;
  readonly service: string;
  readonly name: string;
  /** OTLP's number: 1 internal, 2 server, 3 client. */
  readonly kind?: number;
  readonly from?: number;
  readonly to?: number;
  readonly isError?: boolean;
  readonly traceState?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Spans as an OTLP/JSON request, a resource for each service; they begin at `startMs` (unix ms). */
export function otlpRequest(spans: readonly SentOtlp[], startMs: number): object {
  const at = (ms: number) => String(BigInt(Math.round((startMs + ms) * 1000)) * 1000n);
  const idOf = (id: number) => id.toString(16).padStart(16, "0");
  const services = [...new Set(spans.map(({ service }) => service))];
  return {
    resourceSpans: services.map((service) => ({
      resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
      scopeSpans: [
        {
          spans: spans
            .filter((span) => span.service === service)
            .map(
              ({ traceId, id, parent, name, kind = 1, from = 0, to = 1, isError, traceState, ...more }) => ({
                traceId,
                spanId: idOf(id),
                ...(parent === undefined ? {} : { parentSpanId: idOf(parent) }),
                name,
                kind,
                startTimeUnixNano: at(from),
                endTimeUnixNano: at(to),
                ...(isError === true ? { status: { code: 2 } } : {}),
                ...(traceState === undefined ? {} : { traceState }),
                attributes: Object.entries(more.attributes ?? {}).map(([key, value]) => ({
                  key,
                  value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
                })),
              }),
            ),
        },
      ],
    })),
  };
}
