import type { Event } from "../../base/event.ts";
import { UserError } from "../../base/userError.ts";
import { countText } from "../../model/countText.ts";
import type { TraceSummary } from "../../model/summary.ts";
import type { Connection, Decode, TraceSource } from "../backend.ts";
import { newestFirst } from "../searchResult.ts";
import type { StationReading } from "./station.ts";

const can = {
  services: true,
  operations: true,
  searchWithoutService: true,
  tags: true,
  duration: true,
  timeRange: true,
  limit: true,
  latencyByLine: true,
  latencyByName: true,
  logs: true,
  live: true,
};

/** The connection of the traces received here: it stands in no setting. */
export const receivedConnection: Connection = {
  name: "Received traces",
  kind: "local",
  url: "",
  headers: {},
  tenant: "",
  auth: "none",
  user: "",
};

/** The traces received in this editor as a source like any other. */
export function receivedSource(
  station: StationReading,
  decode: Decode,
  received: Event<TraceSummary>,
): TraceSource {
  const { name } = receivedConnection;
  return {
    connection: receivedConnection,
    can,
    received,

    async test(signal) {
      const { traces, spans } = await asked(station.size(), signal);
      return `${countText(traces, "trace")} with ${countText(spans, "span")} kept`;
    },
    services: (signal) => asked(station.services(), signal),
    operations: (service, signal) => asked(station.operations(service), signal),
    attributeNames: (signal) => asked(station.attributeKeys(), signal),
    hotspots: (query, signal) => asked(station.hotspots(query), signal),

    async search(query, signal) {
      const { summaries, limited } = await asked(station.search(query), signal);
      return { summaries, limited, notes: [], hotspots: [] };
    },

    async trace(id, signal, onProgress) {
      const bytes = await asked(station.spans(id), signal);
      if (bytes === undefined || bytes.length === 0) throw notKept(id);
      const decoded = await decode(
        once(bytes),
        { traceId: id, want: "trace", label: name, onProgress },
        signal,
      );
      const { trace, summaries, hotspots, notes } = decoded;
      const summary = summaries[0];
      if (trace === undefined || summary === undefined) throw notKept(id);
      const { records, omitted } = await asked(station.logs(id, trace.epoch), signal);
      const left = omitted > 0 ? [`${countText(omitted, "later log record")} left out.`] : [];
      return {
        trace,
        summary,
        hotspots,
        notes: [...notes, ...left],
        logs: records,
        siblings: newestFirst(summaries),
      };
    },

    link: () => undefined,
    dispose: () => {},
  };
}

function notKept(id: string): UserError {
  return new UserError(`The trace ${id} was not received here, or is no longer kept.`, { code: "notFound" });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The answer, or the signal's reason as soon as it is aborted. */
function asked<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
