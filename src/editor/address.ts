/** Where a trace is to be had: kept in lists, links and tab states, so it is plain data and checked when read back. */
export type TraceAddress =
  | {
      readonly kind: "connection";
      readonly connection: string;
      readonly traceId: string;
      /** What all connections have of it, together. */
      readonly merged?: true;
    }
  /** `path` is a file path of this machine; `traceId` "" means the largest trace of the file. */
  | { readonly kind: "file"; readonly path: string; readonly traceId: string };

/** One text for equal addresses. */
export function addressKey(address: TraceAddress): string {
  const where = address.kind === "file" ? address.path : address.connection;
  return `${address.kind}\n${where}\n${address.traceId}`;
}

/** Reads back what may come from an older version, a link or another extension. */
export function asAddress(value: unknown): TraceAddress | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, traceId, connection, path } = value as Record<string, unknown>;
  if (typeof traceId !== "string" || traceId.length > 200) return undefined;
  if (kind === "connection" && typeof connection === "string" && traceId !== "") {
    const { merged } = value as Record<string, unknown>;
    return { kind, connection, traceId, ...(merged === true ? { merged } : {}) };
  }
  if (kind === "file" && typeof path === "string" && path !== "") return { kind, path, traceId };
  return undefined;
}
