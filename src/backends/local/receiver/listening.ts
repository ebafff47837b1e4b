import { connect, isIPv4, isIPv6, type Server } from "node:net";
import { UserError } from "../../../base/userError.ts";
import { portBusy, portDenied } from "./portUnavailable.ts";

/** Servers that listen on one port of several addresses. */
export interface Listening {
  readonly port: number;
  readonly hosts: readonly string[];
  readonly servers: readonly Server[];
}

/** How often a port is chosen anew when one address has it and another does not. */
const tries = 8;
/** Addresses that a machine without IPv6 does not have. */
const absent = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EPROTONOSUPPORT"]);

/** What stands for all addresses of a kind: with it, none of them can be listened on once more. */
const all = { ipv4: "0.0.0.0", ipv6: "::" } as const;

/** Addresses of their own, as a person lists them: "localhost" is two, and what another one covers is none. */
export function distinctHosts(hosts: readonly string[]): string[] {
  const named = hosts
    .map((host) => host.trim().replace(/^\[(.*)\]$/, "$1"))
    // Node takes none for all addresses.
    .filter((host) => host !== "")
    .flatMap((host) => (host.toLowerCase() === "localhost" ? ["127.0.0.1", "::1"] : [host]));
  const covering = (host: string): string => {
    if (isIPv4(host) && named.includes(all.ipv4)) return all.ipv4;
    return isIPv6(host) && named.includes(all.ipv6) ? all.ipv6 : host;
  };
  return [...new Set(named.map(covering))];
}

/**
 * Listens on `port` of all `hosts`, with a server of `create` each; port 0 is any that is free on all of them. An address that
 * the machine does not have is passed over, unless there is no other. Throws a PortUnavailable, and then nothing listens.
 */
export async function listen(
  port: number,
  hosts: readonly string[],
  create: () => Server,
): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    const servers: Server[] = [];
    const bound: string[] = [];
    let own = port;
    try {
      for (const host of distinctHosts(hosts)) {
        // Where another program listens on all addresses, some systems still let this one be taken, and split the senders.
        if (port !== 0 && (await isAnswered(host, port))) throw busyError();
        const server = create();
        const taken = await listenOn(server, host, own);
        if (taken === "absent") continue;
        own = taken;
        servers.push(server);
        bound.push(host);
      }
      if (servers.length === 0)
        throw new UserError(`None of ${hosts.join(", ")} is an address of this machine.`);
      return { port: own, hosts: bound, servers };
    } catch (error) {
      for (const server of servers) server.close();
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && port === 0 && attempt < tries) continue;
      if (code === "EADDRINUSE") throw await portBusy(own);
      if (code === "EACCES") throw portDenied(own);
      throw error;
    }
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number | "absent"> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (absent.has(error.code ?? "")) resolve("absent");
      else reject(error);
    });
    server.listen({ host, port, ipv6Only: host.includes(":"), exclusive: true }, () => {
      server.removeAllListeners("error");
      // What fails later, such as too many open files, costs a connection and not the process.
      server.on("error", () => {});
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function isAnswered(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 250 });
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}

function busyError(): NodeJS.ErrnoException {
  return Object.assign(new Error("The port is in use."), { code: "EADDRINUSE" });
}
