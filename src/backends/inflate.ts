import { pipeline, Readable, type Transform } from "node:stream";
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { compressionOf } from "../formats/compression.ts";

const chunkSize = 65536;

/**
 * Undoes the content encoding of a body as it comes. gzip and zstd are recognised by their first bytes, whatever the
 * header says; deflate and br have none, so there the header is believed.
 */
export async function inflate(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
): Promise<AsyncIterable<Uint8Array>> {
  const { first, all } = await peek(body, 4);
  const inflater = inflaterFor(encoding.trim().toLowerCase(), first);
  if (inflater === undefined) return all;
  // pipeline hands errors on in both directions; here they are thrown to whoever reads the inflater.
  return pipeline(Readable.from(all, { objectMode: false }), inflater, () => {});
}

function inflaterFor(encoding: string, first: Uint8Array): Transform | undefined {
  const seen = compressionOf(first);
  if (seen === "gzip") return createGunzip({ chunkSize });
  if (seen === "zstd") return createZstdDecompress({ chunkSize });
  if (encoding === "br") return createBrotliDecompress({ chunkSize });
  if (encoding !== "deflate") return undefined;
  // RFC 9110 says zlib's wrapping; some servers send the bare stream. The wrapping's first byte has method 8.
  return (first[0] & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize });
}

/** The first bytes of a body (at least `atLeast`, unless it ends before) and the whole body, to be read once. */
export async function peek(
  body: AsyncIterable<Uint8Array>,
  atLeast: number,
): Promise<{ first: Uint8Array; ended: boolean; all: AsyncIterable<Uint8Array> }> {
  const rest = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < atLeast && !ended) {
    const next = await rest.next();
    if (next.done) ended = true;
    else {
      chunks.push(next.value);
      length += next.value.length;
    }
  }
  const first = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  return { first, ended, all: joined(first, rest, ended) };
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  ended: boolean,
): AsyncGenerator<Uint8Array> {
  let done = ended;
  try {
    if (first.length > 0) yield first;
    while (!done) {
      const next = await rest.next();
      if (next.done) done = true;
      else yield next.value;
    }
  } finally {
    if (!done) await rest.return?.();
  }
}
