/** V8's call site, as far as it is asked; lines and columns from 1. */
export interface Frame {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getFunctionName(): string | null;
  getTypeName(): string | null;
  /** In the text that runs, in UTF-16 units from 0. */
  getPosition?(): number;
}
