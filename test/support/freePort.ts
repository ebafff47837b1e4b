import { createServer } from "node:net";

/** A TCP port of the loopback interface that was free a moment ago. Another program may still take it first. */
export async function freePort(): Promise<number> {
  return (await freePorts(1))[0];
}

/** Several different free ports, as `freePort`. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen() {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
