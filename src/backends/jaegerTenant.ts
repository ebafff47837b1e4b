import { UserError } from "../base/userError.ts";
import { hasCode } from "./absence.ts";
import type { Http } from "./http.ts";

/**
 * The same reads, with Jaeger's refusals for want of a tenant told as what they are: it answers 401, for which nobody has to
 * enter a password. Source: jaegertracing/jaeger, `internal/tenancy/http.go`.
 */
export function withTenantErrors(http: Http, tenant: string): Http {
  function told(error: unknown): never {
    if (!hasCode(error, "unauthorized") || !/(?:missing|unknown) tenant/i.test(error.message)) throw error;
    const { label, address } = http.peer;
    const why =
      tenant === ""
        ? "keeps its traces by tenant: set the tenant of this connection"
        : `does not know the tenant ${tenant}, or takes it from another header than x-tenant`;
    throw new UserError(`${label} at ${address} ${why}.`, { action: "editConnection", code: "tenant" });
  }
  return {
    ...http,
    json: (path, query, signal) => http.json(path, query, signal).catch(told),
    read: (request, use, signal) => http.read(request, use, signal).catch(told),
  };
}
