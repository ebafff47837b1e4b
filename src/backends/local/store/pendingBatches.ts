import type { ReceivedBatch } from "../parts.ts";

interface Pending {
  readonly batch: ReceivedBatch;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Bytes that one commit takes. */
const mostAtOnce = 16 * 1024 * 1024;

/** Batches that wait for a commit, and what their senders are waiting for. */
export class PendingBatches {
  #pending: Pending[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when the batch was kept, and rejects with why it was not. */
  add(batch: ReceivedBatch): Promise<void> {
    this.#bytes += bytesOf(batch);
    return new Promise((resolve, reject) => {
      this.#pending.push({ batch, resolve, reject });
    });
  }

  /** All that waits, up to a size, is kept together, or for the reason that `keep` answers not at all. */
  commit(keep: (batches: readonly ReceivedBatch[]) => unknown): void {
    const group: Pending[] = [];
    let bytes = 0;
    for (const pending of this.#pending) {
      group.push(pending);
      bytes += bytesOf(pending.batch);
      if (bytes >= mostAtOnce) break;
    }
    this.#pending = this.#pending.slice(group.length);
    this.#bytes -= bytes;
    const failure = keep(group.map(({ batch }) => batch));
    for (const { resolve, reject } of group) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
  }

  refuse(reason: unknown): void {
    this.#bytes = 0;
    for (const { reject } of this.#pending.splice(0)) reject(reason);
  }
}

function bytesOf({ traces, logs }: ReceivedBatch): number {
  let bytes = 0;
  for (const part of traces) bytes += part.bytes.length;
  for (const part of logs) bytes += part.bytes.length;
  return bytes;
}
