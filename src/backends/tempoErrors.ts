import { UserError } from "../base/userError.ts";
import type { Http } from "./http.ts";
import { HttpError } from "./httpError.ts";

/**
 * The same reads, with what Tempo means where its status says something else: a missing tenant is not a missing password
 * ("tenant"), a query it cannot read is a person's to correct ("query", with Tempo's words and the position in them), and a
 * trace may be larger than it is set up to answer ("tooLarge").
 */
export function tempoHttp(http: Http): Http {
  const told = (error: unknown) => {
    throw tempoError(http, error);
  };
  return {
    ...http,
    json: (path, query, signal) => http.json(path, query, signal).catch(told),
    read: (request, use, signal) => http.read(request, use, signal).catch(told),
  };
}

function tempoError(http: Http, error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  const who = `${http.peer.label} at ${http.peer.address}`;
  const { message, status } = error;
  if (/\bno org id\b/i.test(message)) {
    return new UserError(`${who} serves several tenants. Set the tenant of the connection to one of them.`, {
      code: "tenant",
      action: "editConnection",
      cause: error,
    });
  }
  if (status === 422) return new UserError(message, { code: "tooLarge", cause: error });
  if (status >= 400 && /TraceQL|parse error|syntax error|binary operation/i.test(message)) {
    return new UserError(message, { code: "query", cause: error });
  }
  return error;
}

/** The longest time range that a refusal names, in ms; undefined when it is about something else. */
export function longestRange(error: unknown): number | undefined {
  if (!(error instanceof HttpError) || (error.status !== 400 && error.status !== 500)) return undefined;
  const named = /\brange\b.*?\b(exceeds|duration of|within last) ((?:\d+(?:\.\d+)?(?:h|ms|m|s))+)/.exec(
    error.message,
  );
  if (named === null) return undefined;
  let ms = 0;
  for (const [, number, unit] of named[2].matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    ms += Number(number) * (unitMs.get(unit) ?? 0);
  }
  // Counted from the server's own now, and from the beginning of a step.
  if (named[1] === "within last") ms *= 0.9;
  return ms >= 1000 ? ms : undefined;
}

const unitMs = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
]);

/** `7 days`, `3 hours`, `90 minutes`. */
export function rangeText(ms: number): string {
  for (const [unit, size] of [
    ["day", 86_400_000],
    ["hour", 3_600_000],
  ] as const) {
    const count = ms / size;
    if (Number.isInteger(count) && (count > 1 || unit === "hour"))
      return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
  }
  return `${Math.round(ms / 60_000)} minutes`;
}
