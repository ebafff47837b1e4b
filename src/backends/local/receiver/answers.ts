import { ProtobufBytes } from "../../../formats/otlpWriteBytes.ts";
import type { Encoding, Signal, Taken } from "./ingest.ts";

/** Codes of google.rpc.Status. */
export const Code = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** An ExportTraceServiceResponse or one of its sisters: nothing in it when all was kept as it came. */
export function exportResponse(signal: Signal, encoding: Encoding, { rejected, message }: Taken): Uint8Array {
  const isEmpty = rejected === 0 && message === "";
  if (encoding === "json") {
    const field = signal === "logs" ? "rejectedLogRecords" : "rejectedSpans";
    const partialSuccess = { [field]: String(rejected), errorMessage: message };
    return encoder.encode(JSON.stringify(isEmpty ? {} : { partialSuccess }));
  }
  const out = new ProtobufBytes(64);
  if (isEmpty) return out.finish();
  const mark = out.open(0x0a);
  if (rejected > 0) {
    out.varint(0x08);
    out.varint(rejected);
  }
  out.text(0x12, message);
  out.close(mark);
  return out.finish();
}

const retryInfo = "type.googleapis.com/google.rpc.RetryInfo";

/** A google.rpc.Status, with a RetryInfo when the sender may come again after some seconds. */
export function statusMessage(
  encoding: Encoding,
  code: number,
  message: string,
  retryAfterSeconds = 0,
): Uint8Array {
  if (encoding === "json") {
    const details = [{ "@type": retryInfo, retryDelay: `${retryAfterSeconds}s` }];
    return encoder.encode(JSON.stringify({ code, message, ...(retryAfterSeconds > 0 ? { details } : {}) }));
  }
  const out = new ProtobufBytes(64 + message.length);
  out.varint(0x08);
  out.varint(code);
  out.text(0x12, message);
  if (retryAfterSeconds > 0) {
    const any = out.open(0x1a);
    out.text(0x0a, retryInfo);
    const value = out.open(0x12);
    const delay = out.open(0x0a);
    out.varint(0x08);
    out.varint(retryAfterSeconds);
    for (const mark of [delay, value, any]) out.close(mark);
  }
  return out.finish();
}

const encoder = new TextEncoder();
