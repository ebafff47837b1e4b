import type { TraceQuery } from "./backend.ts";
import { goDuration } from "./jaegerQuery.ts";
import {
  type AttributeScope,
  regexLiteral,
  traceqlAttribute,
  traceqlLiterals,
  traceqlString,
} from "./traceql.ts";

/** Attributes that name the service that was called, in the order in which conventions had them. */
export const remoteNames: readonly string[] = ["service.peer.name", "peer.service"];
const scopes = new Set<AttributeScope>(["span", "resource", "event", "link", "instrumentation"]);
const kinds = new Set(["server", "client", "producer", "consumer", "internal"]);

/**
 * The TraceQL of a search form: service, operation, kind, tags and durations are of one span; the error may be of any span
 * of the trace. `{}` when nothing is asked.
 */
export function traceqlSearch(query: Omit<TraceQuery, "fromMs" | "toMs" | "limit" | "text">): string {
  const span = conditions(query);
  if (span.length === 0) return query.errorsOnly === true ? "{ status = error }" : "{}";
  const selector = `{ ${span.join(" && ")} }`;
  return query.errorsOnly === true ? `${selector} && { status = error }` : selector;
}

/**
 * The selector of a service's spans, of one kind where one is named, to narrow lists of names with. There Tempo passes over a
 * condition whose text has white space, bars or braces in it: those are matched as any sign.
 */
export function traceqlService(service: string, kind = ""): string {
  const signs = /[\s{}|]/gu;
  const name = service.split(signs).map(regexLiteral).join(".");
  const is = signs.test(service)
    ? `${traceqlAttribute("resource", "service.name")} =~ ${traceqlString(name)}`
    : serviceIs(service);
  return `{ ${[is, ...kindIs(kind)].join(" && ")} }`;
}

function conditions(query: Omit<TraceQuery, "fromMs" | "toMs" | "limit" | "text">): string[] {
  const all: string[] = [];
  if (query.service !== "") all.push(serviceIs(query.service));
  if (query.operation !== "") all.push(`name = ${traceqlString(query.operation)}`);
  all.push(...kindIs(query.spanKind ?? ""));
  for (const [key, value] of query.tags) all.push(tagIs(key, value));
  if (query.remoteService !== undefined && query.remoteService !== "") {
    const name = traceqlString(query.remoteService);
    all.push(anyOf(remoteNames.map((key) => `${traceqlAttribute("span", key)} = ${name}`)));
  }
  if (query.minDurationNs > 0) all.push(`duration >= ${goDuration(query.minDurationNs)}`);
  if (query.maxDurationNs > 0) all.push(`duration <= ${goDuration(query.maxDurationNs)}`);
  return all;
}

function serviceIs(service: string): string {
  return `${traceqlAttribute("resource", "service.name")} = ${traceqlString(service)}`;
}

function kindIs(kind: string): string[] {
  return kinds.has(kind) ? [`kind = ${kind}`] : [];
}

/**
 * One tag. `error=true` is a failed span, and `span.kind` the kind, as other backends have them. A key may begin with a scope,
 * as in TraceQL; an empty value asks that there is the tag at all.
 */
function tagIs(key: string, value: string): string {
  if (key === "error" && value === "true") return "status = error";
  if (key === "span.kind" && kinds.has(value.toLowerCase())) return `kind = ${value.toLowerCase()}`;
  const attribute = attributeOf(key);
  if (value === "") return `${attribute} != nil`;
  return anyOf(traceqlLiterals(value).map((literal) => `${attribute} = ${literal}`));
}

function attributeOf(key: string): string {
  const at = key.indexOf(".");
  const scope = key.slice(0, Math.max(0, at)) as AttributeScope;
  if (at > 0 && at < key.length - 1 && scopes.has(scope)) return traceqlAttribute(scope, key.slice(at + 1));
  return traceqlAttribute("", key);
}

function anyOf(terms: readonly string[]): string {
  return terms.length === 1 ? terms[0] : `(${terms.join(" || ")})`;
}
