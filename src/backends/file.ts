import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../base/userError.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Decoded, DecodeRequest, SearchResult, TraceQuery, TraceSource } from "./backend.ts";
import { fileLogs } from "./fileLogs.ts";
import { newestFirst } from "./searchResult.ts";

/** Decodes a file by its path, in a worker; refuses what is no regular file before anything of it is read. */
export type DecodeFile = (path: string, request: DecodeRequest, signal: AbortSignal) => Promise<Decoded>;

/** A trace file as a source. `trace("")` is the file's largest trace; log records of it come along (`fileLogs`). */
export interface FileSource extends TraceSource {
  /** All traces in the file, newest first. */
  summaries(signal: AbortSignal): Promise<readonly TraceSummary[]>;
}

const can = {
  services: true,
  operations: true,
  searchWithoutService: true,
  tags: false,
  duration: true,
  timeRange: false,
  limit: true,
  logs: true,
};

/** What a decoder of spans says of log records. */
const skippedLogs = /^(?:[\d,]+ )?log records were skipped$/;

/** Reads nothing until it is asked; reads anew each time, as the file may have grown. */
export function createFileSource(path: string, decodeFile: DecodeFile): FileSource {
  const label = basename(path);

  function decoded(
    traceId: string,
    want: DecodeRequest["want"],
    signal: AbortSignal,
    onProgress?: (bytes: number) => void,
  ): Promise<Decoded> {
    return decodeFile(path, { traceId, want, label, onProgress }, signal);
  }

  async function summaries(signal: AbortSignal): Promise<readonly TraceSummary[]> {
    return newestFirst((await decoded("", "summaries", signal)).summaries);
  }

  return {
    connection: {
      name: label,
      kind: "file",
      url: pathToFileURL(path).href,
      headers: {},
      tenant: "",
      auth: "none",
      user: "",
    },
    can,
    summaries,

    async test(signal) {
      const found = await decoded("", "summaries", signal);
      return `${label}, ${found.format}, ${found.summaries.length === 1 ? "1 trace" : `${found.summaries.length} traces`}`;
    },

    async services(signal) {
      const names = (await summaries(signal)).flatMap((summary) =>
        summary.services.map((service) => service.name),
      );
      return [...new Set(names)].sort();
    },

    async operations(service, signal) {
      const roots = (await summaries(signal)).filter((summary) => summary.rootService === service);
      return [...new Set(roots.map((summary) => summary.rootName))].sort();
    },

    async search(query, signal): Promise<SearchResult> {
      const found = await decoded("", "hotspots", signal);
      const matching = newestFirst(found.summaries.filter((summary) => matches(summary, query)));
      return {
        summaries: matching.slice(0, query.limit),
        limited: matching.length > query.limit,
        notes: found.notes,
        hotspots: await found.hotspots,
      };
    },

    async trace(id, signal, onProgress) {
      const { trace, summaries: all, hotspots, notes } = await decoded(id, "trace", signal, onProgress);
      const summary = trace === undefined ? undefined : all.find((one) => one.traceId === trace.traceId);
      if (trace === undefined || summary === undefined) {
        const which = id === "" ? "a trace" : `the trace ${id}`;
        const said = notes.map((note) => ` ${note.charAt(0).toUpperCase()}${note.slice(1)}.`).join("");
        throw new UserError(`${label} does not hold ${which}.${said}`, { code: "notFound" });
      }
      const hasSkipped = notes.some((note) => skippedLogs.test(note));
      const logs = await fileLogs(path, trace, hasSkipped, signal);
      const said = logs.isWithin ? notes.filter((note) => !skippedLogs.test(note)) : notes;
      return {
        trace,
        summary,
        hotspots,
        notes: [...said, ...logs.notes],
        logs: logs.records,
        siblings: newestFirst(all),
      };
    },

    link: () => undefined,
    dispose: () => {},
  };
}

function matches(summary: TraceSummary, query: TraceQuery): boolean {
  return (
    (query.service === "" || summary.services.some((service) => service.name === query.service)) &&
    (query.operation === "" || summary.rootName === query.operation) &&
    summary.durationNs >= query.minDurationNs &&
    (query.maxDurationNs === 0 || summary.durationNs <= query.maxDurationNs)
  );
}
