import { UserError } from "../base/userError.ts";
import { SpanSink } from "../model/spanSink.ts";
import type { Decoder } from "./format.ts";
import { headOf, headSize } from "./head.ts";
import { recognise } from "./index.ts";

/** Bytes of any format, decompressed, becoming spans. Both calls throw a UserError that names the input. */
export interface Decoding {
  write(chunk: Uint8Array): void;
  end(): Decoded;
}

interface Decoded {
  readonly sink: SpanSink;
  /** Name of the format that was recognised. */
  readonly format: string;
}

/** Begins to decode an input that messages call `label`; the first 64 KB wait until the format is known. */
export function createDecoding(label: string): Decoding {
  const sink = new SpanSink();
  let waiting: Uint8Array[] = [];
  let waited = 0;
  let format = "";
  let decoder: Decoder | undefined;

  const begin = (whole: boolean): Decoder => {
    const first = joined(waiting, waited);
    const chosen = recognise(headOf(first, whole));
    format = chosen.name;
    const begun = chosen.decoder(sink);
    waiting = [];
    begun.write(first);
    return begun;
  };

  return {
    write: (chunk) =>
      named(label, () => {
        if (decoder !== undefined) decoder.write(chunk);
        else {
          waiting.push(chunk);
          waited += chunk.length;
          if (waited >= headSize) decoder = begin(false);
        }
      }),
    end: () =>
      named(label, () => {
        decoder ??= begin(true);
        decoder.end();
        if (sink.length === 0) sink.note("no spans were found");
        return { sink, format };
      }),
  };
}

function named<T>(label: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { action: button, code } = error;
    throw new UserError(`${label}: ${error.message}`, { action: button, code, cause: error });
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
