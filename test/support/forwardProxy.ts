import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a proxy was asked, in order. */
export interface Passed {
  readonly method: string;
  /** A whole URL, or host and port of a tunnel. */
  readonly target: string;
  readonly authorization?: string;
}

export interface ForwardProxy extends AsyncDisposable {
  /** With user name and password in it, where it asks for them. */
  readonly url: string;
  /** Without. */
  readonly origin: string;
  readonly passed: readonly Passed[];
  /** Resolves when `passed` holds `count` lines: they come by another way than the answers. */
  whenPassed(count: number): Promise<void>;
}

export interface ProxyWays {
  readonly user?: string;
  readonly password?: string;
  /** Answers every CONNECT with this status; -1 for never an answer. */
  readonly tunnelStatus?: number;
  /** The proxy itself is spoken to by TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Starts a forward proxy in a process of its own, to which every host name is this machine. */
export async function forwardProxy(ways: ProxyWays = {}): Promise<ForwardProxy> {
  const { user = "", password = "", tunnelStatus = 0, tls } = ways;
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  const options = {
    authorization: user === "" ? "" : `Basic ${basic}`,
    tunnelStatus,
    cert: tls?.cert ?? "",
    key: tls?.key ?? "",
  };
  const program = join(import.meta.dirname, "forwardProxyProcess.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const passed: Passed[] = [];
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, "line")) as [string];
  const { port } = JSON.parse(first) as { port: number };
  lines.on("line", (line) => passed.push(JSON.parse(line) as Passed));
  const scheme = tls === undefined ? "http" : "https";
  const login = user === "" ? "" : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;

  return {
    url: `${scheme}://${login}127.0.0.1:${port}`,
    origin: `${scheme}://127.0.0.1:${port}`,
    passed,
    async whenPassed(count) {
      while (passed.length < count) await once(lines, "line");
    },
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}
