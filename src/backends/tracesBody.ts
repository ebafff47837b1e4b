import type { Answer } from "./answer.ts";
import type { Decode, Decoded, DecodeRequest } from "./backend.ts";
import { peek } from "./inflate.ts";
import { errorList, list, member } from "./json.ts";

/** No span fits into so little. */
const smallBytes = 4096;
/** Members that hold traces, or what holds them. */
const wrappers = new Set(["data", "result", "trace", "resourceSpans", "batches"]);

/**
 * Decodes a body of traces. An answer that holds none (`{}`, `{"data": []}`, `{"result": {}}`) is undefined, in every form
 * servers have for it; whether anything else holds traces is the decoder's to judge.
 */
export async function decodeTraces(
  answer: Answer,
  decode: Decode,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<Decoded | undefined> {
  const { first, ended, all } = await peek(answer.body, smallBytes);
  return ended && isEmpty(first) ? undefined : decode(all, request, signal);
}

/** Whether a whole body is JSON (or nothing at all) that holds no trace and no error. */
function isEmpty(body: Uint8Array): boolean {
  const text = new TextDecoder().decode(body).trim();
  if (text === "") return true;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== "object" || value === null) return value === null;
  if (errorList(value).length > 0) return false;
  const keys = Object.keys(value);
  const inner = member(value, "result") ?? member(value, "trace") ?? value;
  const holdsNone = ["data", "resourceSpans", "batches"].every(
    (name) => list(member(inner, name))?.length === 0,
  );
  return holdsNone && (keys.length === 0 || keys.some((key) => wrappers.has(key)));
}
