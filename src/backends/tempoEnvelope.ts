/** What stands beside the trace in Tempo's protobuf answer (TraceByIDResponse). */
export interface TempoEnvelope {
  /** Whether there is a field 1 that holds something: the trace, or in the older form a part of it. */
  hasTrace: boolean;
  /** Spans are missing. */
  partial: boolean;
  /** Tempo's words, "" for none. */
  message: string;
}

const longestMessage = 4096;

/**
 * Hands a protobuf body on as it comes and fills the envelope, which is whole at the body's end. Only the outermost fields
 * are looked at: 1 the trace, 3 the status (1 is partial), 4 the message. What is no protobuf leaves the envelope as it is.
 * Source: grafana/tempo, `pkg/tempopb/tempo.proto`.
 */
export async function* watched(
  body: AsyncIterable<Uint8Array>,
  envelope: TempoEnvelope,
): AsyncGenerator<Uint8Array> {
  const scan = scanner(envelope);
  for await (const chunk of body) {
    scan(chunk);
    yield chunk;
  }
}

/** The envelope of a whole body. */
export function envelopeOf(body: Uint8Array): TempoEnvelope {
  const envelope = { hasTrace: false, partial: false, message: "" };
  scanner(envelope)(body);
  return envelope;
}

/** Takes a body in chunks of any size. */
function scanner(envelope: TempoEnvelope): (chunk: Uint8Array) => void {
  let reading: "tag" | "value" | "bytes" | "nothing" = "tag";
  let tag = 0;
  let number = 0;
  let shift = 1;
  let left = 0;
  let message: number[] = [];

  function ended(): void {
    const value = number;
    number = 0;
    shift = 1;
    if (reading === "tag") {
      tag = value;
      const type = tag & 7;
      if (type === 0 || type === 2) reading = "value";
      else if (type === 1 || type === 5) skip(type === 1 ? 8 : 4);
      else reading = "nothing";
    } else if ((tag & 7) === 0) {
      if (tag === 0x18) envelope.partial = value === 1;
      reading = "tag";
    } else {
      if (tag === 0x0a && value > 0) envelope.hasTrace = true;
      message = [];
      skip(value);
    }
  }

  function skip(bytes: number): void {
    left = bytes;
    reading = bytes > 0 ? "bytes" : "tag";
  }

  return (chunk) => {
    let at = 0;
    while (at < chunk.length && reading !== "nothing") {
      if (reading === "bytes") {
        const taken = Math.min(left, chunk.length - at);
        if (tag === 0x22 && message.length < longestMessage) message.push(...chunk.subarray(at, at + taken));
        at += taken;
        left -= taken;
        if (left > 0) continue;
        if (tag === 0x22) envelope.message = new TextDecoder().decode(Uint8Array.from(message));
        reading = "tag";
        continue;
      }
      const byte = chunk[at++];
      number += (byte & 127) * shift;
      shift *= 128;
      if (byte < 128) ended();
      else if (shift > 2 ** 63) reading = "nothing";
    }
  };
}
