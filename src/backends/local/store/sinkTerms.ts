import type { AttributeColumns } from "../../../model/attributeColumns.ts";
import type { ResourceFacts } from "../../../model/resourceFacts.ts";
import type { SpanSink } from "../../../model/spanSink.ts";
import type { StringTable } from "../../../model/stringTable.ts";
import { kindNames, Status } from "../../../model/trace.ts";
import { TermHash, TermKind, termOf } from "./terms.ts";
import type { Operation } from "./traceEntry.ts";

interface Terms {
  readonly set: ReadonlySet<number>;
  readonly operations: readonly Operation[];
  readonly attributeKeys: readonly string[];
}

interface NamedTerms {
  readonly operation: Operation;
  readonly terms: readonly number[];
}

/** Terms of the traces of one sink, which is complete: each distinct string of it is hashed once. */
export class SinkTerms {
  readonly #sink: SpanSink;
  readonly #facts: ResourceFacts;
  readonly #labels: StringTable;
  readonly #texts: StringTable;
  readonly #hash = new TermHash();
  /** By key × 2³² + value. */
  readonly #attributes = new Map<number, number>();
  /** By service × 2³² + name. */
  readonly #operations = new Map<number, NamedTerms>();
  readonly #unknown: number;
  /** For each key, and for each resource, the last call of `of` that met it. */
  readonly #keySeen: Uint32Array;
  readonly #resourceSeen: Uint32Array;
  #turn = 0;

  constructor(sink: SpanSink, facts: ResourceFacts) {
    this.#sink = sink;
    this.#facts = facts;
    this.#unknown = sink.labels.internText("unknown_service");
    this.#labels = sink.labels.table();
    this.#texts = sink.texts.table();
    this.#keySeen = new Uint32Array(this.#labels.length);
    this.#resourceSeen = new Uint32Array(sink.resourceOwner.length);
  }

  of(rows: Int32Array): Terms {
    const sink = this.#sink;
    const turn = ++this.#turn;
    const set = new Set<number>();
    const operations = new Set<NamedTerms>();
    const attributeKeys: string[] = [];
    let kinds = 0;
    let failed = false;
    for (const row of rows) {
      const resource = sink.resource.data[row];
      operations.add(
        this.#operation(resource < 0 ? this.#unknown : this.#facts.service[resource], sink.name.data[row]),
      );
      this.#attributesOf(sink.attributes, row, set, attributeKeys);
      kinds |= 1 << sink.kind.data[row];
      failed ||= sink.status.data[row] === Status.error;
      if (resource < 0 || this.#resourceSeen[resource] === turn) continue;
      this.#resourceSeen[resource] = turn;
      const owner = sink.resourceOwner[resource] - 1;
      if (owner >= 0) this.#attributesOf(sink.resourceAttributes, owner, set, attributeKeys);
    }
    for (const { terms } of operations) for (const term of terms) set.add(term);
    kindNames.forEach((_, kind) => {
      if ((kinds & (1 << kind)) !== 0) for (const term of kindTerms[kind]) set.add(term);
    });
    if (failed) set.add(errorTerm);
    return { set, operations: [...operations].map(({ operation }) => operation), attributeKeys };
  }

  #attributesOf(columns: AttributeColumns, owner: number, set: Set<number>, keys: string[]): void {
    const to = columns.to(owner);
    for (let i = columns.from(owner); i < to; i++) {
      const key = columns.key.data[i];
      const value = columns.value.data[i];
      if (this.#keySeen[key] !== this.#turn) {
        this.#keySeen[key] = this.#turn;
        keys.push(this.#labels.at(key));
      }
      const pair = key * 4294967296 + value;
      let term = this.#attributes.get(pair);
      if (term === undefined) {
        const { bytes, offsets } = this.#labels;
        const texts = this.#texts;
        term = this.#hash
          .begin(TermKind.attribute)
          .add(bytes, offsets[key], offsets[key + 1])
          .add(texts.bytes, texts.offsets[value], texts.offsets[value + 1])
          .term();
        this.#attributes.set(pair, term);
      }
      set.add(term);
    }
  }

  #operation(serviceLabel: number, nameLabel: number): NamedTerms {
    const pair = serviceLabel * 4294967296 + nameLabel;
    let known = this.#operations.get(pair);
    if (known === undefined) {
      const service = this.#labels.at(serviceLabel);
      const name = this.#labels.at(nameLabel);
      const terms = [
        termOf(TermKind.service, service),
        termOf(TermKind.operation, service, name),
        termOf(TermKind.anyOperation, name),
      ];
      known = { operation: { service, name }, terms };
      this.#operations.set(pair, known);
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
