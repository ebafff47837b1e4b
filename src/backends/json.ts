import type { Answer } from "./answer.ts";
import { notJson, type Peer } from "./httpError.ts";

/** The JSON of an answer; rejects with the code "notJson" when it is none. */
export async function parseJson(peer: Peer, answer: Answer): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const text = decoded(Buffer.concat(chunks), answer.type);
  if (text.trim() === "") throw notJson(peer, "nothing");
  try {
    return JSON.parse(text);
  } catch {
    throw notJson(peer, "text that is not JSON");
  }
}

/** A member of a JSON object, or undefined. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** A JSON array; absent and null are an empty one, anything else is undefined. */
export function list(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : undefined;
}

/** A JSON string; "" for anything else. */
export function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** ns since 1970, which servers write as digits in a string; 0 for anything else. */
export function nanosecondsOf(value: unknown): bigint {
  return typeof value === "string" && /^\d{1,20}$/.test(value) ? BigInt(value) : 0n;
}

/** The words in an error body: of the JSON envelopes in use (Jaeger's two among them), else the text itself. */
export function errorText(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const error = member(value, "error");
  const errors = errorList(value);
  if (errors.length > 0) return errors.join("; ");
  for (const said of [member(error, "message"), error, member(value, "message")]) {
    if (typeof said === "string") return said;
  }
  return text;
}

/** The messages of Jaeger's `errors: [{code, msg, traceID}]`. */
export function errorList(value: unknown): readonly string[] {
  const messages: string[] = [];
  for (const error of list(member(value, "errors")) ?? []) {
    const said = member(error, "msg");
    if (typeof said === "string" && said !== "") messages.push(said);
  }
  return messages;
}

function decoded(bytes: Uint8Array, type: string): string {
  const charset = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
