import type { AttributeType } from "./attributes.ts";
import { bytes, Column, words } from "./column.ts";

/** Attributes being collected, owner after owner: `ends[i]` is where owner `i` stops and owner `i + 1` begins. */
export class AttributeColumns {
  readonly key = new Column(words);
  readonly type = new Column(bytes);
  readonly value = new Column(words);
  readonly ends = new Column(words);

  get length(): number {
    return this.key.length;
  }

  /** Adds to the owner that is being written. `key` is a label, `value` a text. */
  add(key: number, type: AttributeType, value: number): void {
    this.key.push(key);
    this.type.push(type);
    this.value.push(value);
  }

  /** Forgets all: `Column.clear`. */
  clear(most: number): void {
    for (const column of [this.key, this.type, this.value, this.ends]) column.clear(most);
  }

  /** Ends the owner that was being written. */
  close(): void {
    this.ends.push(this.key.length);
  }

  /** Drops what was added since the last owner ended. */
  reopen(): void {
    this.truncate(this.ends.length);
  }

  /** Keeps the first `owners` owners only. */
  truncate(owners: number): void {
    this.ends.length = owners;
    const length = owners === 0 ? 0 : this.ends.data[owners - 1];
    this.key.length = length;
    this.type.length = length;
    this.value.length = length;
  }

  from(owner: number): number {
    return owner === 0 ? 0 : this.ends.data[owner - 1];
  }

  to(owner: number): number {
    return this.ends.data[owner];
  }
}
