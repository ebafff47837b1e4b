/**
 * What was received, cut by trace. Bytes are OTLP protobuf of one trace alone: TracesData or LogsData. Parts of a trace, one
 * after another, are a TracesData (LogsData) again, since every field of those messages is repeated.
 */
export interface ReceivedPart {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** Spans, or log records, in it. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface ReceivedBatch {
  readonly traces: readonly ReceivedPart[];
  readonly logs: readonly ReceivedPart[];
}

/** Where a receiver puts what it received. */
export interface Intake {
  /**
   * Resolves once the batch is handed to the operating system, so that killing this process loses nothing of it. Rejects with
   * an IntakeRefusal when it cannot be kept now; then nothing of it is kept. From then on the batch's bytes may be other ones.
   */
  take(batch: ReceivedBatch): Promise<void>;
  /** Whether `take` would refuse at once: asked before a body is read. */
  readonly refusal: IntakeRefusal | undefined;
}

/** The store cannot take more now; the sender may try again after some seconds. */
export class IntakeRefusal extends Error {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number, cause?: unknown) {
    super(message, { cause });
    this.name = "IntakeRefusal";
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
