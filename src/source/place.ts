/** A place in the code as telemetry names it: attacker's text, to be matched to known files and never opened. */
export interface Place {
  /** Path as sent: any form of any machine; "" when only a function is known. */
  readonly path: string;
  /** From 1; 0 for unknown. */
  readonly line: number;
  readonly column: number;
  /** Function as the runtime names it, or "". */
  readonly function: string;
}
