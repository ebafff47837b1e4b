import { type Attribute, type Attributes, attributesOf } from "./attributes.ts";
import { idDigits, wordMark } from "./search.ts";
import { hexId } from "./spanId.ts";
import { fieldMark, keyMark, type TextQuery, textQuery, valueMark } from "./textQuery.ts";
import { kindNames, statusNames, type Trace } from "./trace.ts";

/**
 * Where in a row the query was found, as a person would say it: `name`, `service`, `http.route`, `resource host.name`,
 * `event exception`. "" when it was not: just the rows of `findSpans` answer. It reads one row, for the rows on screen.
 */
export function whereMatched(trace: Trace, row: number, typed: string): string {
  const query = textQuery(typed);
  if (query === undefined) return "";
  const { labels, texts } = trace;
  const field = (name: string, text: string) => (fieldMark(name, query) & valueMark(text, query)) !== 0;
  if (field("name", labels.at(trace.name[row]))) return "name";
  if (field("service", labels.at(trace.services[trace.service[row]]))) return "service";
  if ((fieldMark("kind", query) & wordMark(kindNames[trace.kind[row]], query)) !== 0) return "kind";
  if ((fieldMark("status", query) & wordMark(statusNames[trace.status[row]], query)) !== 0) return "status";
  if (trace.message[row] > 0 && field("message", texts.at(trace.message[row] - 1))) return "status message";

  const attribute = keyFound(trace, trace.attributes, row, query);
  if (attribute !== "") return attribute;
  const event = eventFound(trace, row, query);
  if (event !== "") return event;
  const link = linkFound(trace, row, query);
  if (link !== "") return link;
  const resource = keyFound(trace, trace.resourceAttributes, trace.resource[row], query);
  if (resource !== "") return `resource ${resource}`;
  const scope = trace.scope[row];
  if (field("scope", labels.at(trace.scopes.name[scope]))) return "scope";
  if (field("version", labels.at(trace.scopes.version[scope]))) return "scope version";
  const scopeAttribute = keyFound(trace, trace.scopes.attributes, scope, query);
  if (scopeAttribute !== "") return `scope ${scopeAttribute}`;
  return idFound(trace, row, query);
}

function keyFound(trace: Trace, attributes: Attributes, owner: number, query: TextQuery): string {
  const fits = ({ key, value }: Attribute) => (keyMark(key, query) & valueMark(value, query)) !== 0;
  const found = attributesOf(attributes, owner, trace.labels, trace.texts).find(fits);
  // A key may be empty, too.
  return found === undefined ? "" : found.key || "attribute";
}

function eventFound(trace: Trace, row: number, query: TextQuery): string {
  const { offset, name, attributes } = trace.events;
  for (let i = offset[row]; i < offset[row + 1]; i++) {
    const event = trace.labels.at(name[i]);
    if ((fieldMark("event", query) & valueMark(event, query)) !== 0) return `event ${event}`;
    const key = keyFound(trace, attributes, i, query);
    if (key !== "") return `event ${event} ${key}`;
  }
  return "";
}

function linkFound(trace: Trace, row: number, query: TextQuery): string {
  const { offset, traceId, spanId, attributes } = trace.links;
  for (let i = offset[row]; i < offset[row + 1]; i++) {
    const ids = valueMark(trace.texts.at(traceId[i]), query) | valueMark(trace.texts.at(spanId[i]), query);
    if ((fieldMark("link", query) & ids) !== 0) return "link";
    const key = keyFound(trace, attributes, i, query);
    if (key !== "") return `link ${key}`;
  }
  return "";
}

function idFound(trace: Trace, row: number, query: TextQuery): string {
  const { row: rows, text } = trace.textIds;
  const at = rows.indexOf(row);
  if (at >= 0 && trace.texts.at(text[at]).toLowerCase().includes(query.needle)) return "span ID";
  if (idDigits(query) === undefined) return "";
  if (hexId(trace.spanId[2 * row], trace.spanId[2 * row + 1]).includes(query.needle)) return "span ID";
  return trace.parent[row] < 0 && trace.traceId.toLowerCase().includes(query.needle) ? "trace ID" : "";
}
