/** What a person can do about an error; the editor maps each to a button. */
export type ErrorAction =
  | "openSettings"
  | "editConnection"
  | "enterSecret"
  | "retry"
  | "openLog"
  | "openAsText";

/**
 * An error whose message is for the person at the screen: it says what happened, where, and what to do.
 * Everything that is not a UserError is a defect of ours and goes to the log.
 */
export class UserError extends Error {
  readonly action: ErrorAction | undefined;
  /** A word for code to branch on: never shown. */
  readonly code: string | undefined;

  constructor(message: string, options: { action?: ErrorAction; code?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UserError";
    this.action = options.action;
    this.code = options.code;
  }
}
