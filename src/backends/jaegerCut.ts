/** What a body says of its having been cut short. */
export interface Cut {
  /** How many spans were sent of more; "" while the body has not said so. */
  atSpans: string;
}

const key = Buffer.from("jaeger.warning");
const words =
  /"jaeger\.warning"[^{}]{0,40}\{?[^{}]{0,40}"Trace truncated: only first (\d{1,12}) spans loaded"/;
/** The key and the words take about 110 bytes, in either API's JSON. */
const span = 256;

/**
 * Hands a body on as it comes and sees whether Jaeger cut the trace in it, which it says in an attribute of one of its spans.
 * Source: jaegertracing/jaeger, `internal/storage/v2/v1adapter/translator.go`.
 */
export async function* watchedForCut(body: AsyncIterable<Uint8Array>, cut: Cut): AsyncGenerator<Uint8Array> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    if (cut.atSpans === "") {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      // What lies across the border of two chunks is looked for on its own, so that no chunk is copied.
      cut.atSpans = cutIn(Buffer.concat([tail, bytes.subarray(0, span)])) || cutIn(bytes);
      const rest = bytes.length < span ? Buffer.concat([tail, bytes]) : bytes;
      tail = Buffer.from(rest.subarray(-span));
    }
    yield chunk;
  }
}

function cutIn(bytes: Buffer): string {
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) {
    const found = words.exec(bytes.toString("latin1", Math.max(0, at - 1), at + span));
    if (found !== null) return found[1];
  }
  return "";
}
