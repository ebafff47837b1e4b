import type { Decode } from "../../../src/backends/backend.ts";
import { createDecoding } from "../../../src/formats/decoding.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import { summaries } from "../../../src/model/summaries.ts";

/** Decodes in the tests' own thread: hundreds of broken answers would start as many threads. */
export const decodeHere: Decode = async (body, request, signal) => {
  const decoding = createDecoding(request.label);
  for await (const chunk of body) {
    signal.throwIfAborted();
    decoding.write(chunk);
  }
  const { sink, format } = decoding.end();
  const list = summaries(sink);
  const plain = (id: string) => id.toLowerCase().replace(/^0+/, "");
  const wanted =
    request.traceId === "" ? 0 : sink.traceIds.findIndex((id) => plain(id) === plain(request.traceId));
  const hasTrace = request.want === "trace" && wanted >= 0;
  return {
    format,
    summaries: list,
    trace: hasTrace ? buildTrace(sink, wanted) : undefined,
    hotspots: Promise.resolve([]),
    notes: [...sink.notes.keys()],
  };
};
