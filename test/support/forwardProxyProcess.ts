import { createServer, request } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type Socket } from "node:net";

/*
 * A forward proxy, as a process of its own: node forwardProxyProcess.ts <options as JSON>. It passes requests for http: on and
 * makes tunnels (CONNECT); every host is this machine, whatever its name. It prints its port, then one line of JSON for each
 * thing it was asked.
 */

const options = JSON.parse(process.argv[2]) as {
  /** Asked for by Basic authorization; "" for none. */
  authorization: string;
  /** Answers every CONNECT with this status; 0 for none, -1 for never an answer. */
  tunnelStatus: number;
  cert: string;
  key: string;
};

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function isAllowed(authorization: string | undefined): boolean {
  return options.authorization === "" || authorization === options.authorization;
}

const sockets = new Set<Socket>();
const server =
  options.cert === "" ? createServer() : createSecureServer({ cert: options.cert, key: options.key });

server.on("connection", (socket: Socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
});

server.on("request", (asked, answer) => {
  const { "proxy-authorization": authorization, ...headers } = asked.headers;
  say({ method: asked.method, target: asked.url, authorization });
  if (!isAllowed(authorization)) {
    answer.writeHead(407, { "proxy-authenticate": 'Basic realm="proxy"' }).end("who are you?");
    return;
  }
  if (!URL.canParse(asked.url ?? "")) {
    answer.writeHead(400).end("a proxy is asked for whole URLs");
    return;
  }
  const url = new URL(asked.url ?? "");
  const to = { host: "127.0.0.1", port: url.port || 80, path: url.pathname + url.search, headers };
  const onward = request(to, (found) => {
    answer.writeHead(found.statusCode ?? 502, found.headers);
    found.pipe(answer);
    found.on("error", () => answer.destroy());
  });
  onward.on("error", () => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502).end("the other side is not there");
  });
  answer.on("close", () => onward.destroy());
  onward.end();
});

server.on("connect", (asked, socket: Socket, head: Buffer) => {
  const authorization = asked.headers["proxy-authorization"];
  say({ method: "CONNECT", target: asked.url, authorization });
  if (options.tunnelStatus < 0) return;
  if (!isAllowed(authorization)) {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    return;
  }
  if (options.tunnelStatus > 0) {
    socket.end(`HTTP/1.1 ${options.tunnelStatus} No\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  const port = Number(/:(\d+)$/.exec(asked.url ?? "")?.[1] ?? 443);
  const onward = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    onward.write(head);
    onward.pipe(socket);
    socket.pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
  socket.on("close", () => onward.destroy());
  onward.on("close", () => socket.destroy());
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  say({ port: typeof address === "object" ? address?.port : 0 });
});

// The one who started it has gone when its standard input ends.
process.stdin.on("end", () => process.exit(0)).resume();
