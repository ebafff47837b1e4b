/** A log record that belongs to a trace. Plain data: it crosses threads; all of it is the sender's text. */
export interface LogRecord {
  /** ns after the trace's epoch (`Trace.epoch`); the time it was observed where it has none of its own. */
  readonly time: number;
  /** 1 to 24 as OTLP counts: 9 INFO, 13 WARN, 17 ERROR; 0 for unknown. */
  readonly severity: number;
  /** As sent: "WARN". */
  readonly severityText: string;
  /** As text; JSON when it is not a string. */
  readonly body: string;
  readonly service: string;
  readonly scope: string;
  /** 16 hex digits, or "" when it belongs to the trace only. */
  readonly spanId: string;
  /** As shown; arrays and maps as JSON. Keys may repeat. */
  readonly attributes: readonly (readonly [key: string, value: string])[];
}
