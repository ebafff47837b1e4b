import { open } from "node:fs/promises";
import { basename } from "node:path";
import { Inflating } from "./inflating.ts";

const readSize = 1 << 20;

/**
 * Passes the bytes of a file on, decompressed, at most `most` of them: as long as it was when it was opened, so that one that
 * keeps growing ends. The chunks are the taker's to keep. A UserError tells of damage.
 */
export async function readInflated(
  path: string,
  most: number,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const inflating = new Inflating(basename(path), most, take);
  const file = await open(path, "r");
  try {
    let left = (await file.stat()).size;
    while (left > 0) {
      signal.throwIfAborted();
      const chunk = Buffer.allocUnsafeSlow(Math.min(left, readSize));
      const { bytesRead } = await file.read(chunk);
      if (bytesRead === 0) break;
      left -= bytesRead;
      await inflating.write(chunk.subarray(0, bytesRead));
    }
    await inflating.end();
  } finally {
    await file.close();
  }
}
