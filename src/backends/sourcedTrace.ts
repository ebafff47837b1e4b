import { UserError } from "../base/userError.ts";
import { hasCode } from "./absence.ts";
import type { Decode, Decoded, DecodeRequest, SourcedTrace } from "./backend.ts";
import type { Http } from "./http.ts";
import type { Peer } from "./httpError.ts";
import { wholeTraceLimits } from "./httpLimits.ts";
import { newestFirst } from "./searchResult.ts";
import { decodeTraces } from "./tracesBody.ts";

/** The whole trace at a path; undefined when the server answers that it has no such trace. */
export async function readTrace(
  http: Http,
  path: string,
  decode: Decode,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<Decoded | undefined> {
  try {
    return await http.read(
      { path, ...wholeTraceLimits, as: `${request.want} of ${request.traceId}` },
      (answer, ours) => decodeTraces(answer, decode, request, ours),
      signal,
    );
  } catch (error) {
    if (hasCode(error, "notFound")) return undefined;
    throw error;
  }
}

/** What was read for an id, as a source answers it; throws "notFound" when no trace was. */
export function sourcedTrace(peer: Peer, id: string, decoded: Decoded | undefined): SourcedTrace {
  const trace = decoded?.trace;
  const summary =
    decoded?.summaries.find((one) => isSameTrace(one.traceId, trace?.traceId ?? id)) ?? decoded?.summaries[0];
  if (decoded === undefined || trace === undefined || summary === undefined) {
    throw new UserError(`${peer.label} at ${peer.address} does not have the trace ${id}.`, {
      code: "notFound",
      action: "retry",
    });
  }
  return {
    trace,
    summary,
    hotspots: decoded.hotspots,
    notes: decoded.notes,
    siblings: newestFirst(decoded.summaries),
  };
}

/** Whether ids are equal when leading zeros do not count. */
function isSameTrace(a: string, b: string): boolean {
  return a.toLowerCase().padStart(32, "0") === b.toLowerCase().padStart(32, "0");
}
