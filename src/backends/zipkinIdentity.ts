import { hasCode, isAbsent } from "./absence.ts";
import type { Http } from "./http.ts";
import { notJson } from "./httpError.ts";
import { member } from "./json.ts";

/** Where a Zipkin says what it is; a proxy may pass only some of them, and only those below /zipkin. */
const papers: readonly (readonly [path: string, name: (answer: unknown) => string | undefined])[] = [
  ["/info", nameInInfo],
  ["/zipkin/config.json", nameInConfig],
  ["/config.json", nameInConfig],
  ["/health", nameInHealth],
];

/**
 * "Zipkin 3.6.1", or "Zipkin" where the version is not told. Rejects with the code "notJson" when the server, whatever else
 * it answers, does not say that it is one: a list of names is an answer that many servers could give.
 */
export async function zipkinIdentity(http: Http, signal: AbortSignal): Promise<string> {
  for (const [path, name] of papers) {
    try {
      const found = name(await http.json(path, [], signal));
      if (found !== undefined) return found;
    } catch (error) {
      // A gateway may keep these from people whom it lets at the API.
      if (!isAbsent(error) && !hasCode(error, "unauthorized")) throw error;
    }
  }
  throw notJson(http.peer, "names, but nothing by which a Zipkin is known");
}

/**
 * Whether this Zipkin says that it keeps no index to search by (SEARCH_ENABLED=false): it then answers each search, and each
 * list of names, with an empty list.
 */
export async function isSearchOff(http: Http, signal: AbortSignal): Promise<boolean> {
  for (const path of ["/zipkin/config.json", "/config.json"]) {
    try {
      return member(await http.json(path, [], signal), "searchEnabled") === false;
    } catch {
      signal.throwIfAborted();
    }
  }
  return false;
}

function nameInInfo(answer: unknown): string | undefined {
  const own = member(answer, "zipkin");
  if (own === undefined) return undefined;
  const version = member(own, "version");
  const isVersion = typeof version === "string" && /^\d[\w.+-]{0,39}$/.test(version);
  return isVersion ? `Zipkin ${version}` : "Zipkin";
}

/** The settings of Zipkin's own web page. */
function nameInConfig(answer: unknown): string | undefined {
  return typeof member(answer, "defaultLookback") === "number" ? "Zipkin" : undefined;
}

function nameInHealth(answer: unknown): string | undefined {
  return member(answer, "zipkin") === undefined ? undefined : "Zipkin";
}
