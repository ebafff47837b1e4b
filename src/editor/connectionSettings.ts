import type { Connection, TlsOptions } from "../backends/backend.ts";
import { isHeaderName } from "../backends/headerName.ts";
import { backendOf, backends } from "../backends/index.ts";
import { unescaped } from "../base/unescaped.ts";
import { expandedPath, type Folders } from "./expandedPath.ts";

/** Which settings a connection is kept in. */
export type Place = "user" | "workspace";

/** A secret that stands in plain text in settings: it is never sent from there. */
export interface ExposedSecret {
  /** The header it stands in; undefined for the password of the URL. */
  readonly header: string | undefined;
  readonly value: string;
}

/** A connection of the settings, and where it stands there. */
export interface SavedConnection {
  readonly connection: Connection;
  readonly place: Place;
  /** In the list of that place. */
  readonly index: number;
  /** It stands in for one of the same name in the user's settings. */
  readonly hidesUsers: boolean;
  readonly exposed: readonly ExposedSecret[];
}

const mostConnections = 200;
const secretName =
  /^(?:.*[-_])?(?:authorization|cookie|token|secret|password|passwd|credentials?|api[-_]?key|application[-_]key)$/i;

/**
 * The connections of the workspace's setting and of the user's, the workspace's first, and what is wrong with the others, in
 * one sentence each that names the key. A name that both have is the workspace's.
 */
export function readConnections(
  values: Readonly<Record<Place, unknown>>,
  folders: Folders,
): { connections: SavedConnection[]; problems: string[] } {
  const problems: string[] = [];
  const ofWorkspace = readList(values.workspace, "workspace", folders, problems);
  const ofUser = readList(values.user, "user", folders, problems);
  const userNames = new Set(ofUser.map(({ connection }) => connection.name));
  const taken = new Set(ofWorkspace.map(({ connection }) => connection.name));
  return {
    connections: [
      ...ofWorkspace.map((saved) => ({ ...saved, hidesUsers: userNames.has(saved.connection.name) })),
      ...ofUser.filter(({ connection }) => !taken.has(connection.name)),
    ],
    problems,
  };
}

/** The name, with a number behind it when it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} ${n}`;
  return free;
}

function readList(value: unknown, place: Place, folders: Folders, problems: string[]): SavedConnection[] {
  if (!Array.isArray(value)) {
    if (value !== undefined && value !== null)
      problems.push(`traceline.connections${ofPlace(place)}: not a list.`);
    return [];
  }
  if (value.length > mostConnections) {
    const isCut = `${value.length} connections, of which the first ${mostConnections} are used.`;
    problems.push(`traceline.connections${ofPlace(place)}: ${isCut}`);
  }
  const found: SavedConnection[] = [];
  const names = new Set<string>();
  for (const [index, entry] of value.slice(0, mostConnections).entries()) {
    const say = (problem: string, key = "") =>
      problems.push(`traceline.connections[${index}]${key}${ofPlace(place)}: ${problem}`);
    const read = readEntry(entry, names, folders, say);
    if (read === undefined) continue;
    names.add(read.connection.name);
    found.push({ ...read, place, index, hidesUsers: false });
  }
  return found;
}

function ofPlace(place: Place): string {
  return place === "workspace" ? " of the workspace" : "";
}

type Say = (problem: string, key?: string) => void;

function readEntry(
  entry: unknown,
  names: ReadonlySet<string>,
  folders: Folders,
  say: Say,
): Pick<SavedConnection, "connection" | "exposed"> | undefined {
  const problem = problemOf(entry, names);
  if (problem !== undefined) {
    say(problem);
    return undefined;
  }
  const given = entry as Record<string, unknown>;
  const tls = tlsOf(given.tls, folders, say);
  if (tls === "wrong") return undefined;
  const url = new URL(given.url as string);
  const headers = headersOf(given.headers, say);
  const exposed: ExposedSecret[] = [...headers]
    .filter(([name]) => secretName.test(name))
    .map(([header, value]) => ({ header, value }));
  const hasPassword = url.username !== "" || url.password !== "";
  if (hasPassword) exposed.push({ header: undefined, value: unescaped(url.password) });
  for (const { header } of exposed) if (header !== undefined) headers.delete(header);
  const auth = hasPassword ? "basic" : authOf(given.auth, say);
  const secretHeaders = unique([
    ...secretHeadersOf(given.secretHeaders, say),
    ...exposed.flatMap(({ header }) => (header === undefined ? [] : [header])),
  ]);
  const user = hasPassword ? unescaped(url.username) : textOf(given.user, ".user", say);
  // What stands there may be a key, and would be shown wherever the URL is.
  const rest = /[?#]/.test(given.url as string);
  if (rest) say("what follows ? or # is not sent.", ".url");
  for (const part of ["username", "password", "search", "hash"] as const) url[part] = "";
  const isOpen = flagOf(given.allowUntrustedCertificate, ".allowUntrustedCertificate", say);
  return {
    connection: {
      name: given.name as string,
      kind: given.kind as string,
      url: (hasPassword || rest ? url.href : (given.url as string)).replace(/\/+$/, ""),
      headers: Object.fromEntries(headers),
      tenant: textOf(given.tenant, ".tenant", say),
      auth,
      user,
      ...(secretHeaders.length > 0 ? { secretHeaders } : {}),
      ...(tls === undefined ? {} : { tls }),
      ...(isOpen ? { allowUntrustedCertificate: true } : {}),
    },
    exposed,
  };
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
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return "the URL is not an http or https URL.";
  return undefined;
}

function authOf(value: unknown, say: Say): Connection["auth"] {
  if (value === undefined || value === "none") return "none";
  if (value === "bearer" || value === "basic" || value === "command") return value;
  say("not one of none, bearer, basic, command.", ".auth");
  return "none";
}

function textOf(value: unknown, key: string, say: Say): string {
  if (typeof value === "string") return value;
  if (value !== undefined) say("not a text.", key);
  return "";
}

function flagOf(value: unknown, key: string, say: Say): boolean {
  if (value !== undefined && typeof value !== "boolean") say("not true or false.", key);
  return value === true;
}

function headersOf(value: unknown, say: Say): Map<string, string> {
  const headers = new Map<string, string>();
  if (value === undefined) return headers;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    say("not an object of names and texts.", ".headers");
    return headers;
  }
  let isWrong = false;
  for (const [name, text] of Object.entries(value)) {
    const canBeSent = typeof text === "string" && isHeaderName(name) && !/[\r\n\0]/.test(text);
    if (canBeSent) headers.set(name, text);
    else isWrong = true;
  }
  if (isWrong) say("a header cannot be sent as it is, and is left out.", ".headers");
  return headers;
}

function secretHeadersOf(value: unknown, say: Say): string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  const good = list.filter((name): name is string => typeof name === "string" && isHeaderName(name));
  if (good.length < list.length || !Array.isArray(value))
    say("not a list of names of headers.", ".secretHeaders");
  return good.slice(0, 20);
}

/** Names of headers are the same in any case. */
function unique(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

/** "wrong" when a part cannot be used: to connect without it would be less than what was asked for. */
function tlsOf(value: unknown, folders: Folders, say: Say): TlsOptions | undefined | "wrong" {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) {
    say("not an object.", ".tls");
    return "wrong";
  }
  const given = value as Record<string, unknown>;
  const tls: { -readonly [K in keyof TlsOptions]: string } = {};
  for (const key of ["caFile", "certFile", "keyFile", "serverName"] as const) {
    const text = given[key];
    if (text === undefined || text === "") continue;
    if (typeof text !== "string") {
      say("not a text.", `.tls.${key}`);
      return "wrong";
    }
    const path = key === "serverName" ? { path: text } : expandedPath(text, folders);
    if ("problem" in path) {
      say(path.problem, `.tls.${key}`);
      return "wrong";
    }
    tls[key] = path.path;
  }
  return Object.keys(tls).length === 0 ? undefined : tls;
}
