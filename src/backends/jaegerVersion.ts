import { isAbsent } from "./absence.ts";
import type { Http } from "./http.ts";
import { HttpError } from "./httpError.ts";

/**
 * "2.19 or 2.20": its version as near as can be told, "" where it cannot. No API says it, so it is seen from what there is:
 * summaries came with 2.19 (a 400 here, as no times are sent), 2.16 was the first to answer 404 where there is nothing, and
 * what comes after 2.20 is without the internal API.
 */
export async function jaegerVersion(http: Http, hasV3: boolean, signal: AbortSignal): Promise<string> {
  if (!hasV3) return "1.x";
  const summaries = await presence(http, "/api/v3/trace-summaries", signal);
  if (summaries === "page") return "before 2.16";
  if (summaries === "absent") return "2.16 to 2.18";
  if (summaries === "unknown") return "";
  const services = await presence(http, "/api/services", signal);
  if (services === "unknown") return "2.19 or newer";
  return services === "there" ? "2.19 or 2.20" : "newer than 2.20";
}

async function presence(
  http: Http,
  path: string,
  signal: AbortSignal,
): Promise<"there" | "absent" | "page" | "unknown"> {
  try {
    await http.json(path, [], signal);
    return "there";
  } catch (error) {
    signal.throwIfAborted();
    if (isAbsent(error)) return error.code === "notFound" ? "absent" : "page";
    return error instanceof HttpError && error.status === 400 ? "there" : "unknown";
  }
}
