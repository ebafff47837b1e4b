import { createInflateRaw, createZstdDecompress, type InflateRaw, type ZstdDecompress } from "node:zlib";

/** What one write came to. */
export interface Inflated {
  /** How many of the bytes belong to the stream. */
  readonly used: number;
  /** Whether the stream ended among them. */
  readonly ended: boolean;
}

/** One compressed stream, a gzip member's body or a zstd frame. */
export interface Inflater {
  /** Resolves when what the bytes inflate to has been taken; rejects with what `take` threw, or with zlib's error. */
  write(bytes: Uint8Array): Promise<Inflated>;
  /** Resolves when there is nothing left; rejects when the stream is not complete. */
  end(): Promise<void>;
  destroy(): void;
}

/**
 * Inflates one stream. Node's own Gunzip and ZstdDecompress are not enough for several in a row: where a stream ends within
 * the bytes of a write they end too, do not call back, and either lose what follows or fail on it.
 */
export function createInflater(compression: "gzip" | "zstd", take: (chunk: Uint8Array) => void): Inflater {
  const options = { chunkSize: 1 << 18 };
  const stream: InflateRaw | ZstdDecompress =
    compression === "gzip" ? createInflateRaw(options) : createZstdDecompress(options);
  let failure: unknown;
  let ended = false;
  let settle = (): void => {};
  const fail = (error: unknown): void => {
    failure ??= error;
    stream.destroy();
    settle();
  };
  stream.on("data", (chunk: Uint8Array) => {
    if (failure !== undefined) return;
    try {
      take(chunk);
    } catch (error) {
      fail(error);
    }
  });
  stream.on("error", fail);
  stream.on("end", () => {
    ended = true;
    settle();
  });

  const settled = (work: (done: () => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      settle = () => (failure === undefined ? resolve() : reject(failure));
      if (failure !== undefined || ended) settle();
      else work(() => settle());
    });

  return {
    write: async (bytes) => {
      const before = stream.bytesWritten;
      await settled((done) => stream.write(bytes, done));
      return { used: ended ? stream.bytesWritten - before : bytes.length, ended };
    },
    end: () => settled(() => stream.end()),
    destroy: () => {
      stream.destroy();
    },
  };
}
