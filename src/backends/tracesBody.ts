import type { Answer } from "./answer.ts";
import type { Decode, Decoded, DecodeRequest } from "./backend.ts";
import { peek } from "./inflate.ts";
import { errorList, list, member } from "./json.ts";

const smallBytes = 65536;
const tailBytes = 8192;

/**
 * Decodes a body of traces. An answer that holds none (`{}`, `{"data": []}`, `{"result": {}}`) is undefined, in every form
 * servers have for it; what the server said beside the traces is added to the notes.
 */
export async function decodeTraces(
  answer: Answer,
  decode: Decode,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<Decoded | undefined> {
  const { first, ended, all } = await peek(answer.body, smallBytes);
  if (ended && isEmpty(first)) return undefined;
  const tail = { bytes: new Uint8Array(0) };
  const decoded = await decode(tapped(all, tail), request, signal);
  const said = errorsAtEnd(Buffer.from(tail.bytes).toString()).map((text) => `${request.label} says: ${text}`);
  return said.length === 0 ? decoded : { ...decoded, notes: [...decoded.notes, ...said] };
}

/** Whether a whole body is JSON (or nothing at all) that holds no trace. */
function isEmpty(body: Uint8Array): boolean {
  const text = new TextDecoder().decode(body).trim();
  if (text === "") return true;
  // No span fits into so little, and an answer that is not JSON is the decoder's to judge.
  if (text.length > 4096) return false;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (value === null || (Array.isArray(value) && value.length === 0)) return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const inner = member(value, "result") ?? member(value, "trace") ?? value;
  return ["data", "resourceSpans", "batches"].every((name) => list(member(inner, name))?.length === 0);
}

async function* tapped(
  body: AsyncIterable<Uint8Array>,
  tail: { bytes: Uint8Array },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    const kept = chunk.length >= tailBytes ? chunk.slice(-tailBytes) : Buffer.concat([tail.bytes, chunk]);
    tail.bytes = kept.subarray(-tailBytes);
    yield chunk;
  }
}

/**
 * Jaeger writes `"errors": [...]` last in its envelope, behind what may be hundreds of megabytes of traces. Inside a span a
 * quote would be escaped, so the words cannot be a span's.
 */
function errorsAtEnd(tail: string): readonly string[] {
  const at = tail.lastIndexOf('"errors":');
  if (at < 0) return [];
  try {
    return errorList(JSON.parse(`{${tail.slice(at)}`));
  } catch {
    return [];
  }
}
