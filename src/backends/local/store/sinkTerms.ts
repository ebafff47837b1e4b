import type { AttributeColumns } from "../../../model/attributeColumns.ts";
import type { ResourceFacts } from "../../../model/resourceFacts.ts";
import type { SpanSink } from "../../../model/spanSink.ts";
import type { StringTable } from "../../../model/stringTable.ts";
import { kindNames, Status } from "../../../model/trace.ts";
import { TermHash, TermKind, termOf } from "./terms.ts";
import type { Operation } from "./traceEntry.ts";

interface Terms {
  /** Each term once, as a pair of words: bucket, and what is kept in it. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** Each pair once. */
  readonly operations: readonly Operation[];
  /** Each key once. */
  readonly attributeKeys: readonly string[];
}

interface NamedTerms {
  readonly operation: Operation;
  /** Numbers of its terms. */
  readonly terms: readonly number[];
  /** The last turn that met it. */
  turn: number;
}

/**
 * Terms of the traces of one sink, which is complete: each distinct pair of key and value is hashed once and then is a small
 * number. Terms themselves have 40 bits; a set of them for each trace, each a number on the heap, took a third of the time.
 */
export class SinkTerms {
  readonly #sink: SpanSink;
  readonly #facts: ResourceFacts;
  readonly #labels: StringTable;
  readonly #texts: StringTable;
  readonly #hash = new TermHash();
  /** Terms by number, and the last turn that met each. */
  readonly #terms: number[] = [];
  readonly #termTurn: number[] = [];
  /** For each text: the key it was first a value of plus 1, and the number of their term. */
  readonly #firstKey: Uint32Array;
  readonly #firstTerm: Uint32Array;
  /** The same for its other keys, by text and key. */
  readonly #otherTerms = new Map<number, Map<number, number>>();
  /** Numbers of terms by service and name. */
  readonly #operations = new Map<number, Map<number, NamedTerms>>();
  readonly #sharedTerms = new Map<number, number>();
  readonly #unknown: number;
  readonly #keyTurn: Uint32Array;
  readonly #resourceTurn: Uint32Array;
  readonly #kinds: number[][];
  readonly #error: number;
  #turn = 0;
  /** Numbers of the terms of this turn. */
  #found: number[] = [];

  constructor(sink: SpanSink, facts: ResourceFacts) {
    this.#sink = sink;
    this.#facts = facts;
    this.#unknown = sink.labels.internText("unknown_service");
    this.#labels = sink.labels.table();
    this.#texts = sink.texts.table();
    this.#firstKey = new Uint32Array(this.#texts.length);
    this.#firstTerm = new Uint32Array(this.#texts.length);
    this.#keyTurn = new Uint32Array(this.#labels.length);
    this.#resourceTurn = new Uint32Array(sink.resourceOwner.length);
    this.#kinds = kindTerms.map((terms) => terms.map((term) => this.#number(term)));
    this.#error = this.#number(errorTerm);
  }

  of(rows: Int32Array): Terms {
    const sink = this.#sink;
    const turn = ++this.#turn;
    this.#found = [];
    const operations: Operation[] = [];
    const attributeKeys: string[] = [];
    let kinds = 0;
    let failed = false;
    for (const row of rows) {
      const resource = sink.resource.data[row];
      const named = this.#named(
        resource < 0 ? this.#unknown : this.#facts.service[resource],
        sink.name.data[row],
      );
      if (named.turn !== turn) {
        named.turn = turn;
        operations.push(named.operation);
        for (const term of named.terms) this.#add(term);
      }
      this.#addAttributes(sink.attributes, row, attributeKeys);
      kinds |= 1 << sink.kind.data[row];
      failed ||= sink.status.data[row] === Status.error;
      if (resource < 0 || this.#resourceTurn[resource] === turn) continue;
      this.#resourceTurn[resource] = turn;
      const owner = sink.resourceOwner[resource] - 1;
      if (owner >= 0) this.#addAttributes(sink.resourceAttributes, owner, attributeKeys);
    }
    this.#kinds.forEach((terms, kind) => {
      if ((kinds & (1 << kind)) !== 0) for (const term of terms) this.#add(term);
    });
    if (failed) this.#add(this.#error);
    return { words: this.#words(), operations, attributeKeys };
  }

  #words(): Uint32Array<ArrayBuffer> {
    const words = new Uint32Array(this.#found.length * 2);
    this.#found.forEach((number, i) => {
      words[2 * i] = this.#terms[number] / 4294967296;
      words[2 * i + 1] = this.#terms[number];
    });
    return words;
  }

  #add(number: number): void {
    if (this.#termTurn[number] === this.#turn) return;
    this.#termTurn[number] = this.#turn;
    this.#found.push(number);
  }

  #number(term: number): number {
    this.#termTurn.push(0);
    return this.#terms.push(term) - 1;
  }

  #addAttributes(columns: AttributeColumns, owner: number, keys: string[]): void {
    const to = columns.to(owner);
    for (let i = columns.from(owner); i < to; i++) {
      const key = columns.key.data[i];
      const value = columns.value.data[i];
      if (this.#keyTurn[key] !== this.#turn) {
        this.#keyTurn[key] = this.#turn;
        keys.push(this.#labels.at(key));
      }
      if (this.#firstKey[value] === key + 1) this.#add(this.#firstTerm[value]);
      else this.#add(this.#pair(key, value));
    }
  }

  /** The number of a term that several names have. */
  #shared(term: number): number {
    const known = this.#sharedTerms.get(term) ?? this.#number(term);
    this.#sharedTerms.set(term, known);
    return known;
  }

  /** The number of the term of a pair that is new, or not the first of its value. */
  #pair(key: number, value: number): number {
    if (this.#firstKey[value] === 0) {
      this.#firstKey[value] = key + 1;
      this.#firstTerm[value] = this.#number(this.#attribute(key, value));
      return this.#firstTerm[value];
    }
    let ofValue = this.#otherTerms.get(value);
    if (ofValue === undefined) {
      ofValue = new Map();
      this.#otherTerms.set(value, ofValue);
    }
    let number = ofValue.get(key);
    if (number === undefined) {
      number = this.#number(this.#attribute(key, value));
      ofValue.set(key, number);
    }
    return number;
  }

  #attribute(key: number, value: number): number {
    const { bytes, offsets } = this.#texts;
    this.#labelled(TermKind.attribute, key);
    return this.#hash.add(bytes, offsets[value], offsets[value + 1]).term();
  }

  /** What `termOf` says of the same texts. */
  #labelled(kind: TermKind, ...labels: readonly number[]): number {
    const { bytes, offsets } = this.#labels;
    this.#hash.begin(kind);
    for (const label of labels) this.#hash.add(bytes, offsets[label], offsets[label + 1]);
    return this.#hash.term();
  }

  #named(serviceLabel: number, nameLabel: number): NamedTerms {
    let ofService = this.#operations.get(serviceLabel);
    if (ofService === undefined) {
      ofService = new Map();
      this.#operations.set(serviceLabel, ofService);
    }
    let known = ofService.get(nameLabel);
    if (known === undefined) {
      const operation = { service: this.#labels.at(serviceLabel), name: this.#labels.at(nameLabel) };
      const terms = [
        this.#shared(this.#labelled(TermKind.service, serviceLabel)),
        this.#number(this.#labelled(TermKind.operation, serviceLabel, nameLabel)),
        this.#shared(this.#labelled(TermKind.anyOperation, nameLabel)),
      ];
      known = { operation, terms, turn: 0 };
      ofService.set(nameLabel, known);
    }
    return known;
  }
}

// Jaeger shows kind and error as tags, so that is how they are asked for too.
const kindTerms = kindNames.map((name) => [
  termOf(TermKind.kind, name),
  termOf(TermKind.attribute, "span.kind", name),
]);
const errorTerm = termOf(TermKind.attribute, "error", "true");
