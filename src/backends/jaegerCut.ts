/** What a body says of its not being all there. */
export interface Cut {
  /** How many spans were sent of more; "" while the body has not said so. */
  atSpans: string;
  /** Jaeger's words on why it stopped, at the body's end; "" when it did not. */
  error: string;
}

const key = Buffer.from("jaeger.warning");
const words =
  /"jaeger\.warning"[^{}]{0,40}\{?[^{}]{0,40}"Trace truncated: only first (\d{1,12}) spans loaded"/;
/** An error that follows a `{"result": …}`, as a gateway that streams has no other way to tell of one. */
const lastly =
  /\}\s*\{\s*"error"\s*:\s*\{[^{}]{0,900}"message"\s*:\s*("(?:[^"\\]|\\.){1,800}")[^{}]*\}\s*\}\s*$/;
/** The key and the words take about 110 bytes, in either API's JSON. */
const span = 256;
const tailBytes = 1024;

/**
 * Hands a body on as it comes and sees whether Jaeger cut the trace in it, which it says in an attribute of one of its spans,
 * or stopped with an error.
 * Source: jaegertracing/jaeger, `internal/storage/v2/v1adapter/translator.go`.
 */
export async function* watchedForCut(body: AsyncIterable<Uint8Array>, cut: Cut): AsyncGenerator<Uint8Array> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // What lies across the border of two chunks is looked for on its own, so that no chunk is copied.
    if (cut.atSpans === "") {
      cut.atSpans = spansIn(Buffer.concat([tail.subarray(-span), bytes.subarray(0, span)])) || spansIn(bytes);
    }
    const rest = bytes.length < tailBytes ? Buffer.concat([tail, bytes]) : bytes;
    tail = Buffer.from(rest.subarray(-tailBytes));
    yield chunk;
  }
  const told = lastly.exec(tail.toString())?.[1];
  if (told !== undefined) cut.error = textOf(told);
}

function spansIn(bytes: Buffer): string {
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) {
    const found = words.exec(bytes.toString("latin1", Math.max(0, at - 1), at + span));
    if (found !== null) return found[1];
  }
  return "";
}

function textOf(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}
