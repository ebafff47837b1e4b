import { type Attributes, attributesOf, attributeTypeNames } from "../../src/model/attributes.ts";
import { spanIdOf } from "../../src/model/spanId.ts";
import { kindNames, statusNames, type Trace } from "../../src/model/trace.ts";

/** Everything a trace says, one fact a line, sorted: so it does not matter in which order a backend keeps attributes. */
export function traceFacts(trace: Trace): string[] {
  const { labels, texts, events, links } = trace;
  const facts: string[] = [];
  const addAll = (what: string, from: Attributes, owner: number) => {
    for (const { key, type, value } of attributesOf(from, owner, labels, texts)) {
      facts.push(`${what} ${key}=${attributeTypeNames[type]}:${value}`);
    }
  };
  for (let row = 0; row < trace.length; row++) {
    const id = spanIdOf(trace, row);
    const parent = trace.parent[row] < 0 ? "none" : spanIdOf(trace, trace.parent[row]);
    facts.push(
      `${id} ${labels.at(trace.services[trace.service[row]])}: ${labels.at(trace.name[row])}`,
      `${id} of trace ${trace.traceId}, parent ${parent}, ${kindNames[trace.kind[row]]}`,
      `${id} from ${trace.epoch + BigInt(trace.start[row])}ns lasts ${trace.duration[row]}ns`,
      `${id} ${statusNames[trace.status[row]]} ${trace.message[row] === 0 ? "" : texts.at(trace.message[row] - 1)}`,
      `${id} scope ${labels.at(trace.scopes.name[trace.scope[row]])} ${labels.at(trace.scopes.version[trace.scope[row]])}`,
    );
    addAll(`${id}`, trace.attributes, row);
    addAll(`${id} resource`, trace.resourceAttributes, trace.resource[row]);
    for (let i = events.offset[row]; i < events.offset[row + 1]; i++) {
      const event = `${id} event ${trace.epoch + BigInt(events.time[i])}ns ${labels.at(events.name[i])}`;
      facts.push(event);
      addAll(event, events.attributes, i);
    }
    for (let i = links.offset[row]; i < links.offset[row + 1]; i++) {
      const link = `${id} link ${texts.at(links.traceId[i])}/${texts.at(links.spanId[i])}`;
      facts.push(link);
      addAll(link, links.attributes, i);
    }
  }
  return facts.sort();
}
