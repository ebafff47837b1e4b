import type { StringPool } from "./stringPool.ts";
import type { Warnings } from "./trace.ts";
import type { Warning } from "./warning.ts";

/** Collects warnings by record, to be laid out in row order. */
export class WarningList {
  readonly #records: number[] = [];
  readonly #codes: number[] = [];
  readonly #details: number[] = [];
  readonly #texts: StringPool;

  constructor(texts: StringPool) {
    this.#texts = texts;
  }

  add(record: number, code: Warning, detail = ""): void {
    this.#records.push(record);
    this.#codes.push(code);
    this.#details.push(detail === "" ? 0 : this.#texts.internText(detail) + 1);
  }

  /** The warnings in row order; `rowOf[record]` is the row, -1 for a record that has none of its own. */
  inRows(rowOf: Int32Array): Warnings {
    const order = this.#records.map((_, k) => k).filter((k) => rowOf[this.#records[k]] >= 0);
    order.sort((a, b) => rowOf[this.#records[a]] - rowOf[this.#records[b]] || a - b);
    return {
      row: Uint32Array.from(order, (k) => rowOf[this.#records[k]]),
      code: Uint8Array.from(order, (k) => this.#codes[k]),
      detail: Uint32Array.from(order, (k) => this.#details[k]),
    };
  }
}
