import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ShopSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly parentSpanId?: string;
  readonly status?: { readonly code?: number };
  readonly attributes?: readonly { readonly key: string; readonly value: unknown }[];
  readonly events?: readonly { readonly timeUnixNano: string }[];
}

export interface ShopSpans {
  readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
  readonly scopeSpans: readonly { readonly scope?: unknown; readonly spans: readonly ShopSpan[] }[];
}

/** The trace of the recording that is slow: 73 spans, most of its time in `calculate taxes`. */
export const slowTraceId = "c192d317629e401b66bf358b97354f26";

/** The recording of the shop in the folder `sample`, moved in time by one step so that the last span ended a minute ago. */
export async function shopRecording(sample: string): Promise<ShopSpans[]> {
  const recording = await readFile(join(sample, "traces", "shop.otlp.jsonl"), "utf8");
  const all = recording
    .trim()
    .split("\n")
    .flatMap((line) => (JSON.parse(line) as { resourceSpans: ShopSpans[] }).resourceSpans);
  const last = Math.max(
    ...all.flatMap(spansOf).map((span) => Number(BigInt(span.endTimeUnixNano) / 1_000_000n)),
  );
  // In whole ms, as the clocks of most SDKs count: what abuts is seen from that.
  const step = BigInt(Date.now() - 60_000 - last) * 1_000_000n;
  const moved = (time: string) => String(BigInt(time) + step);
  const move = (span: ShopSpan): ShopSpan => ({
    ...span,
    startTimeUnixNano: moved(span.startTimeUnixNano),
    endTimeUnixNano: moved(span.endTimeUnixNano),
    events: span.events?.map((event) => ({ ...event, timeUnixNano: moved(event.timeUnixNano) })),
  });
  return all.map((entry) => ({
    ...entry,
    scopeSpans: entry.scopeSpans.map((scope) => ({ ...scope, spans: scope.spans.map(move) })),
  }));
}

/** The spans of these traces, with their resources. */
export function ofTraces(all: readonly ShopSpans[], ids: ReadonlySet<string>): ShopSpans[] {
  return all
    .map((entry) => ({
      ...entry,
      scopeSpans: entry.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans.filter((span) => ids.has(span.traceId)),
      })),
    }))
    .filter((entry) => entry.scopeSpans.some((scope) => scope.spans.length > 0));
}

export function spansOf(entry: ShopSpans): readonly ShopSpan[] {
  return entry.scopeSpans.flatMap((scope) => scope.spans);
}

export function serviceOf(entry: ShopSpans): string {
  return entry.resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
}
