import { createGunzip, createZstdDecompress } from "node:zlib";
import { UserError } from "../base/userError.ts";
import { type Compression, compressionOf } from "../formats/compression.ts";

/** Takes bytes as they come; what they are compressed with is seen from the first four. */
export interface Inflating {
  /** Resolves when the bytes have been passed on; rejects with a UserError. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves with what is to be noted, "" for nothing. */
  end(): Promise<string>;
}

/** Passes inflated bytes to `take`, at most `max` of them if they were compressed. Messages call the input `label`. */
export function createInflating(label: string, max: number, take: (chunk: Uint8Array) => void): Inflating {
  let first: Uint8Array | undefined = new Uint8Array(0);
  let inflater: Inflater | undefined;

  const begin = async (head: Uint8Array): Promise<void> => {
    first = undefined;
    const compression = compressionOf(head);
    if (compression !== "none") inflater = createInflater(label, compression, max, take);
    await pass(head);
  };
  const pass = async (chunk: Uint8Array): Promise<void> => {
    if (inflater === undefined) take(chunk);
    else await inflater.write(chunk);
  };

  return {
    write: async (chunk) => {
      if (first === undefined) return pass(chunk);
      const head = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      if (head.length < 4) first = head;
      else await begin(head);
    },
    end: async () => {
      if (first !== undefined) await begin(first);
      return (await inflater?.end()) ?? "";
    },
  };
}

interface Inflater {
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<string>;
}

function createInflater(
  label: string,
  compression: Exclude<Compression, "none">,
  max: number,
  take: (chunk: Uint8Array) => void,
): Inflater {
  const options = { chunkSize: 1 << 18 };
  const stream = compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
  let given = 0;
  let taken = 0;
  let failure: unknown;
  let settle: (() => void) | undefined;
  const fail = (error: unknown): void => {
    failure ??= error;
    stream.destroy();
    settle?.();
  };
  stream.on("data", (chunk: Uint8Array) => {
    if (failure !== undefined) return;
    taken += chunk.length;
    try {
      if (taken > max) throw tooLarge(label, max);
      take(chunk);
    } catch (error) {
      fail(error);
    }
  });
  stream.on("error", (error) => {
    const reason = error.message === "unexpected end of file" ? "it ends too early" : error.message;
    fail(new UserError(`${label}: corrupt ${compression}: ${reason}.`));
  });

  /** Resolves when `work` has called back; rejects with what went wrong meanwhile. */
  const settled = (work: (done: () => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      settle = () => (failure === undefined ? resolve() : reject(failure));
      if (failure !== undefined) settle();
      else work(settle);
    });

  return {
    write: (chunk) => {
      given += chunk.length;
      return settled((done) => stream.write(chunk, done));
    },
    end: async () => {
      await settled((done) => {
        stream.on("end", done);
        stream.end();
      });
      const left = given - stream.bytesWritten;
      return left > 0 ? `${left} bytes behind the ${compression} data were passed over` : "";
    },
  };
}

function tooLarge(label: string, max: number): UserError {
  const size = max >= 1 << 20 ? `${Math.round(max / (1 << 20))} MiB` : `${max} bytes`;
  return new UserError(`${label}: inflates to more than ${size}, which is the limit.`, { code: "tooLarge" });
}
