import { isAbsent } from "./absence.ts";
import type { Http, Query } from "./http.ts";
import { notJson } from "./httpError.ts";
import { list, member } from "./json.ts";
import { names } from "./nameList.ts";
import { noApi } from "./tempoTrace.ts";
import { type AttributeScope, traceqlAttribute, traceqlString } from "./traceql.ts";
import { remoteNames, traceqlService } from "./traceqlSearch.ts";

/** What a Tempo knows of names and values. */
export interface TempoTags {
  services(signal: AbortSignal): Promise<readonly string[]>;
  operations(service: string, kind: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Those that a service's spans say they called. */
  remoteServices(service: string, signal: AbortSignal): Promise<readonly string[]>;
  /** As TraceQL writes them: `span.http.route`, `name`. */
  attributeNames(signal: AbortSignal): Promise<readonly string[]>;
  /** As TraceQL writes them: `"GET"`, `200`, `error`. */
  attributeValues(name: string, signal: AbortSignal): Promise<readonly string[]>;
}

interface TagValue {
  readonly type: string;
  readonly value: string;
}

const scopes = new Set<string>(["span", "resource", "event", "link", "instrumentation"]);
/** How far back is looked when nothing is recent: without a time range Tempo answers what came in the last minutes. */
const lookbackMs = 86_400_000;

/** By the v2 endpoints, which know types and scopes, or those before Tempo 2.0. `now` in unix ms. */
export function tempoTags(http: Http, now: (() => number) | undefined): TempoTags {
  let hasV2: boolean | undefined;

  /** What v2 answers, or v1 when there is no v2; whichever was found is asked from then on. */
  async function either<T>(v2: () => Promise<T>, v1: () => Promise<T>): Promise<T> {
    if (hasV2 === undefined) {
      try {
        const found = await v2();
        hasV2 = true;
        return found;
      } catch (error) {
        if (!isAbsent(error)) throw error;
        const found = await v1().catch((second) => {
          throw isAbsent(second) ? notTempo(error, second) : second;
        });
        hasV2 = false;
        return found;
      }
    }
    return hasV2 ? v2() : v1();
  }

  function notTempo(first: unknown, second: unknown): unknown {
    if (isAbsent(second) && second.code === "notJson") return second;
    if (isAbsent(first) && first.code === "notJson") return first;
    return noApi(http);
  }

  async function array(path: string, query: Query, name: string, signal: AbortSignal) {
    const answer = await http.json(path, query, signal);
    const found = list(member(answer, name));
    // What is empty is left out, so {} is an answer; an object with other members alone is somebody else's.
    const keys = typeof answer === "object" && !Array.isArray(answer) ? Object.keys(answer ?? [0]) : [""];
    const isOurs = keys.includes(name) || keys.every((key) => key === "metrics");
    if (found === undefined || !isOurs) throw notJson(http.peer, "JSON of another kind");
    return found;
  }

  /** What is recent, and when nothing is, what the last day had. */
  async function recent<T>(ask: (range: Query) => Promise<readonly T[]>): Promise<readonly T[]> {
    const found = await ask([]);
    if (found.length > 0 || now === undefined) return found;
    const end = Math.ceil(now() / 1000);
    return ask([
      ["start", String(end - lookbackMs / 1000)],
      ["end", String(end)],
    ]);
  }

  async function values(name: string, q: string, signal: AbortSignal): Promise<readonly TagValue[]> {
    const narrowed: Query = q === "" ? [] : [["q", q]];
    return either(
      () =>
        recent(async (range) =>
          (
            await array(
              `/api/v2/search/tag/${segment(name)}/values`,
              [...narrowed, ...range],
              "tagValues",
              signal,
            )
          ).map(tagValue),
        ),
      () =>
        recent(async (range) => {
          const bare = name.replace(/^(?:span|resource)?\./, "");
          const found = await array(`/api/search/tag/${segment(bare)}/values`, range, "tagValues", signal);
          return found.map((value) => ({ type: "string", value: typeof value === "string" ? value : "" }));
        }),
    );
  }

  const texts = (found: readonly TagValue[]) => names(found.map(({ value }) => value));

  return {
    services: async (signal) => texts(await values("resource.service.name", "", signal)),

    operations: async (service, kind, signal) =>
      texts(await values("name", traceqlService(service, kind), signal)),

    async remoteServices(service, signal) {
      const ask = (name: string) => values(traceqlAttribute("span", name), traceqlService(service), signal);
      return texts((await Promise.all(remoteNames.map(ask))).flat());
    },

    attributeNames: (signal) =>
      either(
        () =>
          recent(async (range) => {
            const found = await array("/api/v2/search/tags", range, "scopes", signal);
            return names(found.flatMap(namesOfScope));
          }),
        () =>
          recent(async (range) => {
            const found = await array("/api/search/tags", range, "tagNames", signal);
            return names(found.map((name) => (typeof name === "string" ? traceqlAttribute("", name) : "")));
          }),
      ),

    attributeValues: async (name, signal) => names((await values(name, "", signal)).map(literal)),
  };
}

/** A name in a path, where it stands without the quotes it has in queries, and is decoded twice. */
function segment(name: string): string {
  const [, scope, quoted] = /^([a-z]*\.)"(.*)"$/s.exec(name) ?? [];
  const bare = quoted === undefined ? name : scope + quoted.replace(/\\(["\\])/g, "$1");
  return encodeURIComponent(bare.replace(/[%+]/g, encodeURIComponent));
}

function tagValue(value: unknown): TagValue {
  const [type, text] = [member(value, "type"), member(value, "value")];
  return { type: typeof type === "string" ? type : "", value: typeof text === "string" ? text : "" };
}

function literal({ type, value }: TagValue): string {
  if (value === "") return "";
  return type === "string" || !/^-?[\w.]+$/.test(value) ? traceqlString(value) : value;
}

function namesOfScope(scope: unknown): string[] {
  const kind = member(scope, "name");
  const tags = (list(member(scope, "tags")) ?? []).filter((tag) => typeof tag === "string");
  if (kind === "intrinsic") return tags;
  if (typeof kind !== "string" || !scopes.has(kind)) return [];
  return tags.map((tag) => traceqlAttribute(kind as AttributeScope, tag));
}
