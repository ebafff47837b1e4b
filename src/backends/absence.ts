import { UserError } from "../base/userError.ts";

/** Whether a server has shown that it does not have what was asked, rather than failed. */
export function isAbsent(error: unknown): error is UserError {
  return hasCode(error, "notFound") || hasCode(error, "notJson");
}

export function hasCode(error: unknown, code: string): error is UserError {
  return error instanceof UserError && error.code === code;
}
