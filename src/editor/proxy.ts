import * as vscode from "vscode";

/**
 * The proxy for a URL as VS Code is set up: `http.proxy` unless `http.proxySupport` is off, else the environment's; none for
 * the hosts of `http.noProxy` and NO_PROXY. undefined for a direct connection.
 */
export function proxyFor(url: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const http = vscode.workspace.getConfiguration("http");
  if (http.get("proxySupport") === "off") return undefined;
  const { protocol, hostname } = new URL(url);
  const listed = http.get<unknown>("noProxy");
  const excluded = [
    ...(Array.isArray(listed) ? listed.filter((host): host is string => typeof host === "string") : []),
    ...(environment.NO_PROXY ?? environment.no_proxy ?? "").split(","),
  ];
  if (excluded.some((host) => covers(host.trim(), hostname))) return undefined;
  const set = http.get<unknown>("proxy");
  if (typeof set === "string" && set !== "") return set;
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  return environment[name] ?? environment[name.toLowerCase()];
}

/** "example.com", ".example.com" and "*.example.com" cover the host and those below it; "*" covers all. */
function covers(entry: string, hostname: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  const domain = entry.replace(/^\*?\./, "").toLowerCase();
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
