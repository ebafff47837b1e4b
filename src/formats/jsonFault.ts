import { UserError } from "../base/userError.ts";

/** Thrown when the window ends inside what is being read; made once, because it is thrown once a chunk. */
export const needMore = { message: "The window ends inside a JSON value." };

/** The code of a UserError that says where a JSON text is wrong. */
const wrongJson = "json";
const cutJson = "json-cut";

/** An error for text that is not JSON: what was expected at which byte of the whole text, and what is there. */
export function jsonFault(expected: string, offset: number, found: number): UserError {
  return new UserError(
    `This is not valid JSON at byte ${offset}: expected ${expected}, found ${shown(found)}.`,
    {
      code: wrongJson,
    },
  );
}

/** An error for text that stops before its last bracket. */
export function jsonCut(expected: string, offset: number): UserError {
  return new UserError(`The JSON ends too early, at byte ${offset}: expected ${expected}.`, {
    code: cutJson,
  });
}

/** An error for nesting that no trace needs. */
export function jsonDepth(limit: number, offset: number): UserError {
  return new UserError(`The JSON is nested more than ${limit} levels deep at byte ${offset}.`, {
    code: wrongJson,
  });
}

/** Whether `error` says that the text is wrong or cut, so that the next line may still be good. */
export function isJsonFault(error: unknown): error is UserError {
  return error instanceof UserError && (error.code === wrongJson || error.code === cutJson);
}

export function isJsonCut(error: UserError): boolean {
  return error.code === cutJson;
}

function shown(byte: number): string {
  if (byte > 32 && byte < 127) return `"${String.fromCharCode(byte)}"`;
  return byte === 10 || byte === 13 ? "the end of the line" : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}
