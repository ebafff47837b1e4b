import { UserError } from "../base/userError.ts";
import { HttpError } from "./httpError.ts";

/** The secrets that a connection has sent, kept to be struck out of whatever is told of it. */
export interface HttpSecrets {
  keep(secret: string): void;
  /** With `***` in the place of each secret. */
  text(text: string): string;
  /** An error that tells none: itself, or one like it without its cause. */
  error(error: unknown): unknown;
  /** For texts that are a server's own words. */
  readonly all: readonly string[];
}

/** Shorter ones would be found in any text, and striking them out would show what they are. */
const shortest = 4;
/** A part of one that is as long as this is not met by chance. */
const shortestPart = 12;
/** An auth command may print a new token every few minutes. */
const most = 200;

export function httpSecrets(): HttpSecrets {
  const kept = new Set<string>();
  let pattern: RegExp | undefined;

  function text(given: string): string {
    return pattern === undefined ? given : given.replaceAll(pattern, "***");
  }

  const tells = (given: unknown) => typeof given === "string" && text(given) !== given;

  function errorTells(error: unknown): boolean {
    let one = error;
    for (let depth = 0; one instanceof Error && depth < 8; depth++) {
      if (tells(one.message) || tells(one.stack) || Object.values(one).some(tells)) return true;
      one = one.cause;
    }
    return tells(one);
  }

  return {
    keep(secret) {
      if (secret === "" || kept.has(secret)) return;
      if (kept.size >= most) kept.clear();
      for (const form of formsOf(secret)) kept.add(form);
      // The longest first, so that no rest of one is left by another that is a part of it.
      const forms = [...kept].filter((form) => form.length >= shortest).sort((a, b) => b.length - a.length);
      if (forms.length > 0) pattern = new RegExp(forms.map(literal).join("|"), "gi");
    },
    text,
    error(error) {
      if (!errorTells(error)) return error;
      if (error instanceof HttpError) {
        const { action, code = "network", retryMs, status } = error;
        return new HttpError(text(error.message), { action, code, retryMs, status });
      }
      if (error instanceof UserError) {
        return new UserError(text(error.message), { action: error.action, code: error.code });
      }
      return new Error(text(error instanceof Error ? error.message : String(error)));
    },
    get all() {
      return [...kept];
    },
  };
}

/** As it is, as a URL and as JSON write it, and its parts between characters that servers drop or repeat as something else. */
function formsOf(secret: string): string[] {
  const parts = secret.split(/[^\w.~-]+/).filter((part) => part.length >= shortestPart);
  return [secret, encoded(secret), JSON.stringify(secret).slice(1, -1), ...parts];
}

function encoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
