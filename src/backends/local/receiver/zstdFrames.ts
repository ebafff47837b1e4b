import { type ZstdOptions, zstdDecompress } from "node:zlib";

/** Frames of one body: more of them are made to cost time, not by a compressor. */
const mostFrames = 1024;

interface Frame {
  readonly bytes: Uint8Array;
  /** Bytes of it before they were inflated. */
  readonly size: number;
}

/**
 * Inflates all frames of a body. RFC 8878 lets any number of them follow each other, skippable ones among them; Node ends
 * behind the first one without a word, and what came after it would be acknowledged and lost. Rejects as Node does, for what
 * stands behind the last frame too.
 */
export async function inflateZstd(
  raw: Uint8Array,
  { maxOutputLength: most, chunkSize }: { readonly maxOutputLength: number; readonly chunkSize: number },
): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; at < raw.length; ) {
    if (frames.length === mostFrames) throw new Error(`The body has more than ${mostFrames} frames.`);
    // An empty frame may follow when there is no more room.
    const maxOutputLength = Math.max(1, most - size);
    const frame = await frameAt(raw.subarray(at), { maxOutputLength, chunkSize });
    if (frame.size === 0) throw new Error("A frame has no bytes.");
    at += frame.size;
    size += frame.bytes.length;
    if (size > most) throw tooLarge();
    frames.push(frame.bytes);
  }
  return frames.length === 1 ? frames[0] : Buffer.concat(frames, size);
}

function frameAt(raw: Uint8Array, options: ZstdOptions): Promise<Frame> {
  return new Promise((resolve, reject) => {
    // With `info` the answer has the stream, which knows how far it read; Node's types leave that out.
    zstdDecompress(raw, { ...options, info: true }, (error, answer) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const { buffer, engine } = answer as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve({ bytes: buffer, size: engine.bytesWritten });
    });
  });
}

function tooLarge(): NodeJS.ErrnoException {
  return Object.assign(new RangeError("The body is too large."), { code: "ERR_BUFFER_TOO_LARGE" });
}
