import { asAddress, type TraceAddress } from "./address.ts";

/** A `vscode://` link that opens a trace, and selects a span of it, in an editor that has the extension. */
export function traceLink(extensionId: string, address: TraceAddress, spanId: string): string {
  const query = new URLSearchParams();
  if (address.kind === "connection") query.set("connection", address.connection);
  else query.set("file", address.path);
  if (spanId !== "") query.set("span", spanId);
  return `vscode://${extensionId}/trace/${encodeURIComponent(address.traceId)}?${query}`;
}

/** What such a link asks for, or undefined when it is none. The answer is a stranger's wish: nothing in it is trusted. */
export function readTraceLink(
  path: string,
  queryText: string,
): { address: TraceAddress; spanId: string } | undefined {
  const match = /^\/trace\/([^/]{1,200})$/.exec(path);
  if (match === null) return undefined;
  const query = new URLSearchParams(queryText);
  const traceId = match[1];
  const spanId = /^[0-9a-f]{1,16}$/i.test(query.get("span") ?? "") ? (query.get("span") ?? "") : "";
  const address = asAddress(
    query.has("file")
      ? { kind: "file", path: query.get("file"), traceId }
      : { kind: "connection", connection: query.get("connection") ?? "", traceId },
  );
  return address === undefined ? undefined : { address, spanId };
}
