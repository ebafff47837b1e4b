import { unescaped } from "../base/unescaped.ts";
import { asAddress, type TraceAddress } from "./address.ts";

/**
 * A `vscode://` link that opens a trace, and selects a span of it, in an editor that has the extension. Values are
 * encoded twice, because VS Code hands the query over decoded once: a name with & or + would fall apart.
 */
export function traceLink(extensionId: string, address: TraceAddress, spanId: string): string {
  const query = new URLSearchParams();
  if (address.kind === "connection") query.set("connection", encodeURIComponent(address.connection));
  else query.set("file", encodeURIComponent(address.path));
  if (spanId !== "") query.set("span", spanId);
  return `vscode://${extensionId}/trace/${encodeURIComponent(address.traceId)}?${query}`;
}

/** What such a link asks for, or undefined when it is none. The answer is a stranger's wish: nothing in it is trusted. */
export function readTraceLink(
  path: string,
  queryText: string,
): { address: TraceAddress; spanId: string } | undefined {
  const match = /^\/trace\/([\w-]{1,200})$/.exec(path);
  if (match === null) return undefined;
  const query = new URLSearchParams(queryText.replaceAll("+", "%2B"));
  const traceId = match[1];
  const spanId = /^[0-9a-f]{1,16}$/i.test(query.get("span") ?? "") ? (query.get("span") ?? "") : "";
  const address = asAddress(
    query.has("file")
      ? { kind: "file", path: unescaped(query.get("file") ?? ""), traceId }
      : { kind: "connection", connection: unescaped(query.get("connection") ?? ""), traceId },
  );
  return address === undefined ? undefined : { address, spanId };
}
