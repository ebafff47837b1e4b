import { AttributeColumns } from "./attributeColumns.ts";
import { bytes, Column, ints, words } from "./column.ts";
import { clearDraft, emptyDraft, type SpanDraft } from "./spanDraft.ts";
import { hexId } from "./spanId.ts";
import { StringPool } from "./stringPool.ts";

/**
 * Where decoders put spans, in the order and the state in which they come: `begin()`, set `span`, add attributes, events
 * and links, `commit()`. What is begun and not committed leaves no trace, so a decoder that runs out of bytes in the middle
 * of a span simply begins it again. Nothing is repaired here: that is `buildTrace`.
 */
export class SpanSink {
  /** Names and attribute keys. */
  readonly labels = new StringPool();
  /** Values. */
  readonly texts = new StringPool();
  /** The span being read. */
  readonly span: SpanDraft = emptyDraft();
  /** Attributes of the span being read: `attributes.add(key, type, value)`. */
  readonly attributes = new AttributeColumns();
  readonly eventAttributes = new AttributeColumns();
  readonly linkAttributes = new AttributeColumns();
  readonly resourceAttributes = new AttributeColumns();
  readonly scopeAttributes = new AttributeColumns();
  /** Where resource i's attributes are: owner in resourceAttributes plus 1; 0 while it has none. */
  readonly resourceOwner: number[] = [];
  readonly scopeOwner: number[] = [];
  readonly scopeName: number[] = [];
  readonly scopeVersion: number[] = [];
  /** Ids of the traces met, in order. */
  readonly traceIds: string[] = [];
  /** What is to be said of the whole: each once, with how often. */
  readonly notes = new Map<string, number>();

  /** Number of committed spans. */
  length = 0;
  readonly trace = new Column(ints);
  readonly ids = new Column(words);
  readonly parents = new Column(words);
  readonly name = new Column(words);
  readonly kind = new Column(bytes);
  readonly status = new Column(bytes);
  readonly message = new Column(words);
  readonly flags = new Column(words);
  /** High and low word of start, then of end. */
  readonly times = new Column(words);
  readonly resource = new Column(ints);
  readonly scope = new Column(ints);
  /** Bits: 1 bad time, 2 shared, 4 partial. */
  readonly traits = new Column(bytes);
  /** Events: time words, name, and per span where its events end. */
  readonly eventTimes = new Column(words);
  readonly eventName = new Column(words);
  readonly eventEnds = new Column(words);
  readonly linkTrace = new Column(words);
  readonly linkSpan = new Column(words);
  readonly linkEnds = new Column(words);
  readonly textIds = new Map<number, string>();
  readonly parentTexts = new Map<number, string>();
  readonly spanWarnings = new Map<number, string[]>();
  /** Strings that were not UTF-8 before the span that is being read. */
  #malformed = 0;
  readonly malformedSpans: number[] = [];

  #traceIndex = new Map<string, number>();
  #last = { word0: 0, word1: 0, word2: 0, word3: 0, index: -1 };

  /**
   * Forgets everything, as if it were new, but for arrays of up to `most` numbers. What was made of it must not be used any
   * more: tables of its strings, columns.
   */
  clear(most: number): void {
    this.labels.clear(most);
    this.texts.clear(most);
    for (const owned of attributeColumns) this[owned].clear(most);
    for (const column of columns) this[column].clear(most);
    for (const list of lists) this[list].length = 0;
    for (const map of maps) this[map].clear();
    clearDraft(this.span);
    this.#traceIndex.clear();
    this.#last.index = -1;
    this.#malformed = this.length = 0;
  }

  /** A new resource; its attributes may come before or after the spans that name it. */
  addResource(): number {
    return this.resourceOwner.push(0) - 1;
  }

  /** Begins the attributes of resource `index`: add them to `resourceAttributes`, then `closeResource`. */
  openResource(): void {
    this.resourceAttributes.reopen();
  }

  closeResource(index: number): void {
    this.resourceAttributes.close();
    this.resourceOwner[index] = this.resourceAttributes.ends.length;
  }

  /** A new scope; name and version are set and its attributes added before or after the spans that name it. */
  addScope(): number {
    this.scopeName.push(this.labels.internText(""));
    this.scopeVersion.push(this.labels.internText(""));
    return this.scopeOwner.push(0) - 1;
  }

  openScope(): void {
    this.scopeAttributes.reopen();
  }

  closeScope(index: number, name: number, version: number): void {
    this.scopeAttributes.close();
    this.scopeOwner[index] = this.scopeAttributes.ends.length;
    this.scopeName[index] = name;
    this.scopeVersion[index] = version;
  }

  /** Begins a span and drops what an uncommitted one left. */
  begin(): void {
    clearDraft(this.span);
    this.attributes.truncate(this.length);
    const events = this.length === 0 ? 0 : this.eventEnds.data[this.length - 1];
    if (this.eventName.length !== events) {
      this.eventName.length = events;
      this.eventTimes.length = 2 * events;
    }
    this.eventAttributes.truncate(events);
    const links = this.length === 0 ? 0 : this.linkEnds.data[this.length - 1];
    if (this.linkTrace.length !== links) {
      this.linkTrace.length = links;
      this.linkSpan.length = links;
    }
    this.linkAttributes.truncate(links);
  }

  /** Ends one event, whose attributes have been added to `eventAttributes`. `name` is a label. */
  addEvent(timeHigh: number, timeLow: number, name: number): void {
    this.eventTimes.push(timeHigh);
    this.eventTimes.push(timeLow);
    this.eventName.push(name);
    this.eventAttributes.close();
  }

  /** Ends one link, whose attributes have been added to `linkAttributes`. The ids are texts, lower-case hex. */
  addLink(traceId: number, spanId: number): void {
    this.linkTrace.push(traceId);
    this.linkSpan.push(spanId);
    this.linkAttributes.close();
  }

  /** Keeps the span. Returns false, with a note, when it has no trace id and so belongs nowhere. */
  commit(resource: number, scope: number): boolean {
    const span = this.span;
    const trace = this.#traceOf(span);
    if (trace < 0) {
      this.note("spans without a trace ID were left out");
      return false;
    }
    const index = this.length;
    if (span.idText !== "") {
      this.textIds.set(index, span.idText);
      [span.idHigh, span.idLow] = textHash(span.idText);
    }
    if (span.parentText !== "") {
      this.parentTexts.set(index, span.parentText);
      [span.parentHigh, span.parentLow] = textHash(span.parentText);
    }
    if (span.warnings.length > 0) this.spanWarnings.set(index, span.warnings);
    const malformed = this.labels.malformed + this.texts.malformed;
    if (malformed !== this.#malformed) {
      this.#malformed = malformed;
      this.malformedSpans.push(index);
    }
    this.trace.push(trace);
    this.ids.push(span.idHigh);
    this.ids.push(span.idLow);
    this.parents.push(span.parentHigh);
    this.parents.push(span.parentLow);
    this.name.push(span.name);
    this.kind.push(span.kind > 5 || span.kind < 0 ? 0 : span.kind);
    this.status.push(span.status > 2 || span.status < 0 ? 0 : span.status);
    this.message.push(span.message);
    this.flags.push(span.flags);
    this.times.push(span.startHigh);
    this.times.push(span.startLow);
    this.times.push(span.endHigh);
    this.times.push(span.endLow);
    this.resource.push(resource);
    this.scope.push(scope);
    this.traits.push((span.badTime ? 1 : 0) | (span.shared ? 2 : 0) | (span.partial ? 4 : 0));
    this.attributes.close();
    this.eventEnds.push(this.eventName.length);
    this.linkEnds.push(this.linkTrace.length);
    this.length++;
    return true;
  }

  /** Says something of the whole; the same text is counted, not repeated. */
  note(text: string, times = 1): void {
    this.notes.set(text, (this.notes.get(text) ?? 0) + times);
  }

  #traceOf(span: SpanDraft): number {
    if (span.traceText !== "") return this.#traceNamed(span.traceText);
    const { trace0, trace1, trace2, trace3 } = span;
    if ((trace0 | trace1 | trace2 | trace3) === 0) return -1;
    const last = this.#last;
    if (
      last.word3 === trace3 &&
      last.word2 === trace2 &&
      last.word1 === trace1 &&
      last.word0 === trace0 &&
      last.index >= 0
    ) {
      return last.index;
    }
    last.word0 = trace0;
    last.word1 = trace1;
    last.word2 = trace2;
    last.word3 = trace3;
    last.index = this.#traceNamed(hexId(trace0, trace1) + hexId(trace2, trace3));
    return last.index;
  }

  #traceNamed(id: string): number {
    const known = this.#traceIndex.get(id);
    if (known !== undefined) return known;
    const index = this.traceIds.push(id) - 1;
    this.#traceIndex.set(id, index);
    return index;
  }
}

const columns = [
  "trace",
  "ids",
  "parents",
  "name",
  "kind",
  "status",
  "message",
  "flags",
  "times",
  "resource",
  "scope",
  "traits",
  "eventTimes",
  "eventName",
  "eventEnds",
  "linkTrace",
  "linkSpan",
  "linkEnds",
] as const;
const attributeColumns = [
  "attributes",
  "eventAttributes",
  "linkAttributes",
  "resourceAttributes",
  "scopeAttributes",
] as const;
const lists = [
  "resourceOwner",
  "scopeOwner",
  "scopeName",
  "scopeVersion",
  "traceIds",
  "malformedSpans",
] as const;
const maps = ["notes", "textIds", "parentTexts", "spanWarnings"] as const;

/** Two words that stand for an id that is not hex, never both 0. */
export function textHash(text: string): [number, number] {
  let high = 0x811c9dc5;
  let low = 0xdeadbeef;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
  }
  return [high >>> 0, (low >>> 0) | 1];
}
