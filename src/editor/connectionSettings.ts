import type { Connection } from "../backends/backend.ts";
import { backendOf, backends } from "../backends/index.ts";

/** The connections a setting's value describes, and what is wrong with the others, in one sentence each. */
export function readConnections(value: unknown): { connections: Connection[]; problems: string[] } {
  const connections: Connection[] = [];
  const problems: string[] = [];
  if (!Array.isArray(value)) return { connections, problems };
  const names = new Set<string>();
  for (const [index, entry] of value.slice(0, 200).entries()) {
    const problem = problemOf(entry, names);
    if (problem !== undefined) {
      problems.push(`traceline.connections[${index}]: ${problem}`);
      continue;
    }
    const given = entry as Record<string, unknown>;
    names.add(given.name as string);
    connections.push({
      name: given.name as string,
      kind: given.kind as string,
      url: (given.url as string).replace(/\/+$/, ""),
      headers: headersOf(given.headers),
      tenant: typeof given.tenant === "string" ? given.tenant : "",
      auth: given.auth === "bearer" || given.auth === "basic" ? given.auth : "none",
      user: typeof given.user === "string" ? given.user : "",
      ...(given.allowUntrustedCertificate === true ? { allowUntrustedCertificate: true } : {}),
    });
  }
  return { connections, problems };
}

function problemOf(entry: unknown, names: ReadonlySet<string>): string | undefined {
  if (typeof entry !== "object" || entry === null) return "not an object.";
  const { name, kind, url } = entry as Record<string, unknown>;
  if (typeof name !== "string" || name.trim() === "") return "the name is missing.";
  if (names.has(name)) return `the name "${name}" is used twice.`;
  if (typeof kind !== "string" || backendOf(kind) === undefined) {
    return `unknown kind; known: ${backends.map((backend) => backend.kind).join(", ")}.`;
  }
  if (typeof url !== "string") return "the URL is missing.";
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return "the URL is not an http or https URL.";
  if (parsed.username !== "" || parsed.password !== "") {
    return "the URL holds a user name or password. Remove them and use Set Token or Password.";
  }
  return undefined;
}

function headersOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter(
    ([name, text]) =>
      typeof text === "string" && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && !/[\r\n\0]/.test(text),
  );
  return Object.fromEntries(entries);
}
