import type { Dispatcher } from "undici";
import { unescaped } from "../base/unescaped.ts";
import { UserError } from "../base/userError.ts";
import type { BackendIo, Connection } from "./backend.ts";
import { isLoopback } from "./baseUrl.ts";
import type { HttpLimits } from "./httpLimits.ts";
import type { HttpSecrets } from "./httpSecrets.ts";
import { tlsSettings } from "./tls.ts";

/** The sockets of one connection, and the proxy they go through: its origin, without user name and password. */
export interface HttpAgent {
  readonly dispatcher: Dispatcher;
  readonly proxy: string | undefined;
}

/**
 * The agent of a connection, with its own TLS: nothing of it is shared with, or taken from, the rest of the process. Rejects
 * with a UserError when a file of its TLS options, or the proxy's URL, cannot be used.
 */
export async function createAgent(
  connection: Connection,
  io: Pick<BackendIo, "proxy">,
  base: string,
  secrets: HttpSecrets,
  limits: HttpLimits,
): Promise<HttpAgent> {
  // Loaded at the first read: undici takes about 35 ms to load, and activation has 50.
  const { Agent, Pool, ProxyAgent } = await import("undici");
  const isTls = base.startsWith("https:");
  const tls = isTls ? await tlsSettings(connection) : {};
  const waits = { headersTimeout: limits.firstByteMs, bodyTimeout: limits.idleMs };
  const options = { ...waits, connections: limits.connections };
  const given = isLoopback(base) ? undefined : await io.proxy?.(base);
  if (given === undefined || given === "") {
    const dispatcher = new Agent({ ...options, connect: { ...tls, timeout: limits.connectMs } });
    return { dispatcher, proxy: undefined };
  }
  const proxy = proxyOf(given, secrets);
  const proxyTls = proxy.uri.startsWith("https:")
    ? await tlsSettings({ tls: connection.tls && { caFile: connection.tls.caFile } })
    : {};
  const dispatcher = new ProxyAgent({
    ...options,
    uri: proxy.uri,
    token: proxy.authorization,
    requestTls: { ...tls, timeout: limits.firstByteMs },
    proxyTls: { ...proxyTls, timeout: limits.connectMs },
    // The client that asks for tunnels has limits of its own.
    clientFactory: (origin, more) => new Pool(origin, { ...more, ...waits }),
    // Many proxies refuse tunnels to other ports than 443, so plain HTTP goes without one.
    proxyTunnel: isTls,
  });
  return { dispatcher, proxy: proxy.uri };
}

interface Proxy {
  /** Its origin. */
  readonly uri: string;
  /** For Proxy-Authorization. */
  readonly authorization: string | undefined;
}

function proxyOf(given: string, secrets: HttpSecrets): Proxy {
  // It may hold a password, so neither it nor the parser's error, which quotes it, is told.
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || url.host === "") {
    throw new UserError(
      "The proxy's address is not a URL. It should look like http://proxy.example.com:3128.",
      {
        action: "openSettings",
        code: "proxy",
      },
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new UserError(
      `The proxy at ${url.host} is of the kind ${url.protocol} Only http: and https: proxies can be used.`,
      { action: "openSettings", code: "proxy" },
    );
  }
  if (url.username === "" && url.password === "") return { uri: url.origin, authorization: undefined };
  const password = unescaped(url.password);
  const basic = Buffer.from(`${unescaped(url.username)}:${password}`).toString("base64");
  secrets.keep(password);
  secrets.keep(basic);
  return { uri: url.origin, authorization: `Basic ${basic}` };
}
