import type { SpanSink } from "../model/spanSink.ts";

/** What the first bytes of a file show (after decompression): enough to name its format, whatever its name is. */
export interface Head {
  /** Up to the first 64 KB. */
  readonly bytes: Uint8Array;
  /** Whether `bytes` is all there is. */
  readonly whole: boolean;
  /** What the text is, when it is JSON: the root's kind and the member names met, by depth (0 = the root's own). */
  readonly json: JsonHead | undefined;
}

export interface JsonHead {
  readonly root: "object" | "array";
  /** Member names met at each depth of nesting, arrays not counted as a depth. */
  readonly keys: readonly ReadonlySet<string>[];
}

/** One way in which traces are written down. Recognised by content; the list of formats is `formats/index.ts`. */
export interface Format {
  /** As a person reads it: "OTLP JSON", "Jaeger JSON". */
  readonly name: string;
  accepts(head: Head): boolean;
  /** A decoder that puts every span into `sink`. */
  decoder(sink: SpanSink): Decoder;
}

/**
 * Reads one document, or a stream of them, from chunks cut anywhere. Both calls throw a UserError when the whole is not the
 * format (it names the byte offset); one bad span among good ones is a note on the sink instead. The memory a decoder holds
 * is one span and one chunk, beside what the sink holds.
 */
export interface Decoder {
  write(chunk: Uint8Array): void;
  end(): void;
}
