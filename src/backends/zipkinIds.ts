/** An id as Zipkin keeps it: 16 lower-case hex digits, or 32 when the first half is not zero. */
export function zipkinId(id: string): string {
  const digits = id.trim().toLowerCase().replace(/^0+/, "");
  return digits.padStart(digits.length > 16 ? 32 : 16, "0");
}

/** The trace id of the first span in the beginning of a list of spans; undefined when there is none. */
export function firstTraceId(bytes: Uint8Array): string | undefined {
  return /"traceId"\s*:\s*"([0-9a-f]{1,32})"/.exec(Buffer.from(bytes).toString("latin1"))?.[1];
}

const member = Buffer.from('"traceId":"');
const idBytes = 33;

/**
 * Lists of spans under one id, as one list of lists whose spans all have it. The member is written without spaces by Zipkin,
 * and in a text its quotes would be escaped, so that only ids are replaced.
 */
export async function* underOneId(
  bodies: readonly AsyncIterable<Uint8Array>[],
  id: string,
): AsyncGenerator<Uint8Array> {
  for (const [index, body] of bodies.entries()) {
    yield Buffer.from(index === 0 ? "[" : ",");
    yield* withId(body, Buffer.from(`"traceId":"${id}"`));
  }
  yield Buffer.from("]");
}

async function* withId(body: AsyncIterable<Uint8Array>, replacement: Buffer): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(member, from);
      if (at < 0 || at + member.length + idBytes > bytes.length) break;
      const start = at + member.length;
      const end = bytes.indexOf(0x22, start);
      // What is too long for an id, or has no end, is none.
      const isId = end >= start && end - start < idBytes;
      yield bytes.subarray(from, isId ? at : start);
      if (isId) yield replacement;
      from = isId ? end + 1 : start;
    }
    const pending = bytes.indexOf(member, from);
    const kept = pending >= 0 ? pending : Math.max(from, bytes.length - member.length);
    yield bytes.subarray(from, kept);
    rest = bytes.subarray(kept);
  }
  // An id may be shorter than what was waited for.
  yield Buffer.from(
    rest.toString("latin1").replace(/"traceId":"[0-9a-f]{1,32}"/g, replacement.toString()),
    "latin1",
  );
}
