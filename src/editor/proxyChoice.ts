import { BlockList, isIP } from "node:net";

/** VS Code's settings below `http`, as they were found. */
export interface ProxySettings {
  readonly proxy?: unknown;
  readonly proxySupport?: unknown;
  readonly noProxy?: unknown;
  readonly proxyAuthorization?: unknown;
}

/**
 * The proxy for a URL: `http.proxy`, else the environment's; none where `http.proxySupport` is off, and none for the hosts
 * of `http.noProxy` and NO_PROXY. User name and password of `http.proxyAuthorization` are put into it where it has none.
 * undefined for a direct connection.
 */
export function chooseProxy(
  url: string,
  settings: ProxySettings,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (settings.proxySupport === "off") return undefined;
  const { protocol, hostname, port } = new URL(url);
  const listed = Array.isArray(settings.noProxy) ? settings.noProxy : [];
  const excluded = [
    ...listed.filter((entry): entry is string => typeof entry === "string"),
    ...(environment.NO_PROXY ?? environment.no_proxy ?? "").split(/[\s,]+/),
  ];
  const target = { host: bare(hostname), port: port === "" ? usualPort(protocol) : port };
  if (excluded.some((entry) => covers(entry.trim(), target))) return undefined;
  const set = typeof settings.proxy === "string" ? settings.proxy.trim() : "";
  const found = set === "" ? ofEnvironment(protocol, environment) : set;
  if (found === undefined || found === "") return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(found) ? found : `http://${found}`;
  return withAuthorization(address, settings.proxyAuthorization);
}

function ofEnvironment(
  protocol: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const of = (name: string) => (environment[name] ?? environment[name.toLowerCase()])?.trim() || undefined;
  return protocol === "https:" ? (of("HTTPS_PROXY") ?? of("HTTP_PROXY")) : of("HTTP_PROXY");
}

/** Only basic authorization can be told to a proxy by its URL. */
function withAuthorization(address: string, authorization: unknown): string {
  const basic =
    typeof authorization === "string" ? /^Basic\s+([\w+/=-]+)$/i.exec(authorization.trim()) : null;
  if (basic === null || !URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") return address;
  const [user, ...rest] = Buffer.from(basic[1], "base64").toString().split(":");
  return `${url.protocol}//${encodeURIComponent(user)}:${encodeURIComponent(rest.join(":"))}@${url.host}`;
}

interface Target {
  readonly host: string;
  readonly port: string;
}

/**
 * Whether an entry names the target. "example.com", ".example.com" and "*.example.com" cover the host and those below it,
 * "10.0.0.0/8" a range of addresses, "*" all; a port after any of them narrows it to that port.
 */
function covers(entry: string, target: Target): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  const range = /^\[?([\da-f.:]+)\]?\/(\d{1,3})$/i.exec(entry);
  if (range !== null) return isWithin(target.host, range[1], Number(range[2]));
  const [, name, port] =
    isIP(entry) === 6
      ? [entry, entry, undefined]
      : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? [entry, entry, undefined]);
  if (port !== undefined && port !== target.port) return false;
  const domain = bare(name.replace(/^\*?\./, "").toLowerCase());
  return target.host === domain || (isIP(target.host) === 0 && target.host.endsWith(`.${domain}`));
}

/** Whether an address is in a range, its first `bits` bits being equal. */
function isWithin(address: string, range: string, bits: number): boolean {
  const family = isIP(address);
  if (family === 0 || isIP(range) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(range, bits, family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** A host without the brackets of IPv6 and the dot of the root. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

function usualPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}
