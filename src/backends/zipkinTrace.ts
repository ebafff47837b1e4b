import { hasCode } from "./absence.ts";
import type { Decode, Decoded, DecodeRequest, SourcedTrace } from "./backend.ts";
import type { Http } from "./http.ts";
import { wholeTraceLimits } from "./httpLimits.ts";
import { peek } from "./inflate.ts";
import { readTrace, sourcedTrace } from "./sourcedTrace.ts";
import { firstTraceId, underOneId, zipkinId } from "./zipkinIds.ts";

export interface ZipkinTraces {
  /** The trace, from the API at `api`; rejects with "notFound" when Zipkin has it under neither form of its id. */
  read(
    api: string,
    id: string,
    signal: AbortSignal,
    onProgress?: (bytes: number) => void,
  ): Promise<SourcedTrace>;
}

/**
 * Traces by id. Where some services send ids of 128 bits and others only their last 64, a trace is kept under two ids. A
 * Zipkin with STRICT_TRACE_ID=false answers for either with both; one that is strict is asked for both. They open as one.
 */
export function zipkinTraces(http: Http, decode: Decode): ZipkinTraces {
  /** Whether this Zipkin goes by the last 64 bits; undefined while it is not known. */
  let isLenient: boolean | undefined;

  /** The spans that are under the last 64 bits alone. */
  async function underHalf(path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (isLenient === true) return undefined;
    try {
      return await http.read(
        { path, ...wholeTraceLimits, as: "the other half" },
        async (answer) => {
          const { first, all } = await peek(answer.body, 4096);
          const id = firstTraceId(first);
          // What it answers are the same spans again.
          isLenient = id !== undefined && id.length > 16;
          if (id === undefined || isLenient) return undefined;
          const chunks: Uint8Array[] = [];
          for await (const chunk of all) chunks.push(chunk);
          return Buffer.concat(chunks);
        },
        signal,
      );
    } catch (error) {
      if (!hasCode(error, "notFound")) throw error;
      isLenient = false;
      return undefined;
    }
  }

  return {
    async read(api, id, signal, onProgress) {
      const wanted = zipkinId(id);
      const pathOf = (one: string) => `${api}/trace/${encodeURIComponent(one)}`;
      const request = { traceId: wanted, want: "trace", label: http.peer.label, onProgress } as const;
      const read = (one: DecodeRequest) => readTrace(http, pathOf(wanted), decode, one, signal);
      /** All of it under `main`, with what is beside it; read anew, as a body can be read once. */
      const joined = async (main: string, others: readonly Uint8Array[]): Promise<Decoded | undefined> =>
        http.read(
          { path: pathOf(wanted), ...wholeTraceLimits },
          (answer, ours) => {
            const bodies = [answer.body, ...others.map(once)];
            return decode(underOneId(bodies, main), { ...request, traceId: main }, ours);
          },
          signal,
        );

      let decoded = await read(request);
      if (decoded !== undefined && decoded.trace === undefined)
        decoded = await read({ ...request, traceId: "" });
      const ids = (decoded?.summaries ?? []).map(({ traceId }) => zipkinId(traceId));
      if (ids.length > 1) {
        isLenient = true;
        const main = ids.find((one) => one.length === 32) ?? wanted;
        return told(sourcedTrace(http.peer, main, await joined(main, [])), ids);
      }
      if (wanted.length === 32 && ids[0] !== wanted.slice(16)) {
        const half = wanted.slice(16);
        const more = await underHalf(pathOf(half), signal);
        if (more !== undefined && decoded === undefined)
          decoded = await decode(once(more), { ...request, traceId: "" }, signal);
        else if (more !== undefined)
          return told(sourcedTrace(http.peer, wanted, await joined(wanted, [more])), [wanted, half]);
      }
      return sourcedTrace(http.peer, wanted, decoded);
    },
  };
}

function told(sourced: SourcedTrace, ids: readonly string[]): SourcedTrace {
  const note = `Zipkin keeps this trace under the IDs ${ids.join(" and ")}: all of it is shown as one.`;
  return { ...sourced, notes: [...(sourced.notes ?? []), note] };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
