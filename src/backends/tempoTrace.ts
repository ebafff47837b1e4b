import { hasCode } from "./absence.ts";
import type { Answer } from "./answer.ts";
import type { Decode, Decoded, DecodeRequest } from "./backend.ts";
import type { Http } from "./http.ts";
import { type HttpError, notJson } from "./httpError.ts";
import { wholeTraceLimits } from "./httpLimits.ts";
import { peek } from "./inflate.ts";
import { envelopeOf, type TempoEnvelope, watched } from "./tempoEnvelope.ts";
import { decodeTraces } from "./tracesBody.ts";

/** A trace as it was read, and what Tempo said of it. */
export interface TempoTrace {
  readonly decoded: Decoded;
  readonly partial: boolean;
  /** Tempo's words, "" for none. */
  readonly message: string;
}

export interface TempoTraces {
  /** Undefined when Tempo answers that it has no such trace. */
  read(id: string, request: DecodeRequest, signal: AbortSignal): Promise<TempoTrace | undefined>;
}

/** Tempo's words on a trace that is not all there, and what would show the rest. */
export function partialNote({ message }: TempoTrace): string {
  if (message === "") return "Tempo says that spans of this trace are missing.";
  if (!/\bmaximum size\b/i.test(message)) return message;
  return `${message.replace(/\.$/, "")}. To see the rest, raise max_bytes_per_trace of Tempo.`;
}

/** No span fits into so little. */
const smallBytes = 4096;

/**
 * Traces by id, as protobuf: the one form that is the same in all versions. `/api/v2/traces` answers 200 and nothing for a
 * trace it does not have; a Tempo before 2.6 lacks it and has `/api/traces`, which answers 404.
 */
export function tempoTraces(http: Http, decode: Decode): TempoTraces {
  let hasV2: boolean | undefined;

  async function readAt(path: string, request: DecodeRequest, signal: AbortSignal) {
    const as = `${request.want} of ${request.traceId}`;
    return http.read(
      { path, accept: "application/protobuf", ...wholeTraceLimits, as },
      (answer, ours) => tempoTrace(http, answer, decode, request, ours),
      signal,
    );
  }

  return {
    async read(id, request, signal) {
      const segment = encodeURIComponent(id);
      if (hasV2 !== false) {
        try {
          const found = await readAt(`/api/v2/traces/${segment}`, request, signal);
          hasV2 = true;
          return found;
        } catch (error) {
          if (!hasCode(error, "notFound")) throw error;
          if (hasV2) return undefined;
        }
      }
      try {
        const found = await readAt(`/api/traces/${segment}`, request, signal);
        hasV2 = false;
        return found;
      } catch (error) {
        if (!hasCode(error, "notFound")) throw error;
        // What a router says of a path it does not know, as Tempo never does of a trace.
        if (/page not found/i.test(error.message)) throw noApi(http);
        return undefined;
      }
    },
  };
}

/** The server has none of the paths that every Tempo has. */
export function noApi(http: Http): HttpError {
  return notJson(http.peer, "“not found” to Tempo's API: the path in the URL may be wrong");
}

async function tempoTrace(
  http: Http,
  answer: Answer,
  decode: Decode,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<TempoTrace | undefined> {
  const { first, ended, all } = await peek(answer.body, smallBytes);
  const body = { ...answer, body: all };
  if (first.length === 0) return undefined;
  // A proxy may know nothing of protobuf and ask for JSON.
  if (first[0] === 0x7b && isTraceJson(first)) {
    const decoded = await decodeTraces(body, decode, request, signal);
    return decoded === undefined ? undefined : { decoded, partial: false, message: "" };
  }
  if (!envelopeTags.has(first[0])) throw notJson(http.peer, "something that is not a trace");
  if (ended && !envelopeOf(first).hasTrace) return undefined;
  const envelope: TempoEnvelope = { hasTrace: false, partial: false, message: "" };
  const decoded = await decode(watched(all, envelope), request, signal);
  return { decoded, partial: envelope.partial, message: envelope.message };
}

/** The first byte of each field that an answer may begin with. */
const envelopeTags = new Set([0x0a, 0x12, 0x18, 0x22]);

function isTraceJson(first: Uint8Array): boolean {
  return /"(?:trace|batches|resourceSpans|metrics)"/.test(new TextDecoder().decode(first));
}
