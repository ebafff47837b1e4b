import { hasCode, isAbsent } from "./absence.ts";
import type { Answer } from "./answer.ts";
import type { Http } from "./http.ts";
import { HttpError, notJson } from "./httpError.ts";
import { member } from "./json.ts";

/**
 * "Grafana Tempo 2.8.1", or "Grafana Tempo" where the version is not told. Rejects with the code "notJson" when the server
 * does not say that it is one.
 */
export async function tempoIdentity(http: Http, signal: AbortSignal): Promise<string> {
  const { label } = http.peer;
  try {
    const info = await http.json("/api/status/buildinfo", [], signal);
    const version = member(info, "version");
    if (typeof version === "string" && typeof member(info, "goVersion") === "string") {
      return /^v?\d[\w.+-]{0,39}$/.test(version) ? `${label} ${version.replace(/^v/, "")}` : label;
    }
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  const echo = await http.read({ path: "/api/echo", accept: "text/plain" }, textOf, signal);
  if (echo.trim() !== "echo") throw notJson(http.peer, "nothing by which a Tempo is known");
  return label;
}

/** Gateways keep it from people whom they let at the queries, with whatever status. */
function isRefused(error: unknown): boolean {
  return (
    isAbsent(error) ||
    hasCode(error, "unauthorized") ||
    (error instanceof HttpError && error.code === "status")
  );
}

async function textOf(answer: Answer): Promise<string> {
  let text = "";
  for await (const chunk of answer.body) {
    text += Buffer.from(chunk).toString("latin1");
    if (text.length > 64) break;
  }
  return text;
}
