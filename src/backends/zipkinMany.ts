import { hasCode } from "./absence.ts";
import type { Decode, SourcedTrace } from "./backend.ts";
import type { Http } from "./http.ts";
import { wholeTraceLimits } from "./httpLimits.ts";
import { sourcedTrace } from "./sourcedTrace.ts";
import { zipkinId } from "./zipkinIds.ts";

/**
 * Ids in one request. Zipkin allows 1,000, but answers 414 to a URL of more than 4,096 bytes, and an id of 128 bits with its
 * comma takes up to 35.
 */
const mostIds = 100;

/**
 * Many traces from `/traceMany` at `api`, those that it has. It refuses a single id and an id that comes twice, so that each is
 * asked for once, and one that is left alone is read by `readOne`.
 */
export async function zipkinTraceMany(
  http: Http,
  decode: Decode,
  api: string,
  ids: readonly string[],
  readOne: (id: string) => Promise<SourcedTrace>,
  signal: AbortSignal,
): Promise<readonly SourcedTrace[]> {
  const wanted = [...new Set(ids.map(zipkinId))];
  const found: SourcedTrace[] = [];
  for (let from = 0; from < wanted.length; from += mostIds) {
    const some = wanted.slice(from, from + mostIds);
    if (some.length > 1) found.push(...(await readMany(http, decode, api, some, signal)));
    else found.push(...(await orNone(readOne(some[0]))));
  }
  return found;
}

async function orNone(one: Promise<SourcedTrace>): Promise<readonly SourcedTrace[]> {
  try {
    return [await one];
  } catch (error) {
    if (hasCode(error, "notFound")) return [];
    throw error;
  }
}

function readMany(
  http: Http,
  decode: Decode,
  api: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly SourcedTrace[]> {
  return http.read(
    { path: `${api}/traceMany`, query: [["traceIds", ids.join(",")]], ...wholeTraceLimits },
    async (answer, ours) => {
      const request = { traceId: "", want: "trace", label: http.peer.label } as const;
      const decoding: Promise<SourcedTrace>[] = [];
      for await (const trace of listsIn(answer.body)) {
        const one = decode(once(trace), request, ours);
        decoding.push(
          one.then((decoded) => sourcedTrace(http.peer, decoded.summaries[0]?.traceId ?? "", decoded)),
        );
      }
      return Promise.all(decoding);
    },
    signal,
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const [quote, backslash, open, close] = Buffer.from('"\\[]');
const [openObject, closeObject] = Buffer.from("{}");

/** The lists that are items of a JSON list, each as its bytes, but for empty ones. */
export async function* listsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let held: Uint8Array[] = [];
  for await (const chunk of body) {
    let from = depth >= 2 ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isText = false;
      } else if (byte === quote) isText = true;
      else if (byte === open || byte === openObject) {
        depth++;
        if (depth === 2) from = at;
      } else if (byte === close || byte === closeObject) {
        depth--;
        if (depth !== 1) continue;
        const list = Buffer.concat([...held, chunk.subarray(from, at + 1)]);
        held = [];
        from = -1;
        if (list.length > 2) yield list;
      }
    }
    if (from >= 0) held.push(chunk.subarray(from));
  }
}
