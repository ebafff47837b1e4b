import { hasCode } from "./absence.ts";
import type { Decode, DecodeRequest } from "./backend.ts";
import type { Http, Query } from "./http.ts";
import { wholeTraceLimits } from "./httpLimits.ts";
import type { JaegerTrace } from "./jaegerApi.ts";
import { type Cut, watchedForCut } from "./jaegerCut.ts";
import { plainText } from "./plainText.ts";
import { decodeTraces } from "./tracesBody.ts";

/** How the decoder words what stands in `errors` beside the traces. */
const reported = "Jaeger reports: ";

/** The whole trace at a path; undefined when the server answers that it has no such trace. */
export async function readJaegerTrace(
  http: Http,
  path: string,
  query: Query,
  decode: Decode,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<JaegerTrace | undefined> {
  try {
    return await http.read(
      { path, query, ...wholeTraceLimits, as: `${request.want} of ${request.traceId}` },
      async (answer, ours) => {
        const cut: Cut = { atSpans: "", error: "" };
        const body = watchedForCut(answer.body, cut);
        const decoded = await decodeTraces({ ...answer, body }, decode, request, ours);
        if (decoded === undefined) return undefined;
        const notes = notesOf(cut);
        const hasErrors = decoded.notes.some((note) => note.startsWith(reported));
        return { decoded, partial: hasErrors || notes.length > 0, notes };
      },
      signal,
    );
  } catch (error) {
    if (hasCode(error, "notFound")) return undefined;
    throw error;
  }
}

function notesOf({ atSpans, error }: Cut): readonly string[] {
  const notes: string[] = [];
  if (atSpans !== "")
    notes.push(`Jaeger sent the first ${atSpans} spans of this trace: its max_trace_size allows no more.`);
  if (error !== "") notes.push(`Jaeger stopped in the middle of this trace: ${plainText(error, [])}`);
  return notes;
}
