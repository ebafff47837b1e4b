import { UserError } from "../base/userError.ts";

/**
 * The base of a connection's URL: http or https, path kept, no trailing slash, and nothing that may be secret (user name,
 * password, query, fragment). Throws a UserError when it is not such a URL.
 */
export function baseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch (cause) {
    throw new UserError(
      "The URL of the connection is not a URL. It should look like http://localhost:16686.",
      {
        action: "editConnection",
        code: "url",
        cause,
      },
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new UserError(
      `The URL of the connection begins with ${url.protocol} where http: or https: is needed.`,
      {
        action: "editConnection",
        code: "url",
      },
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** Whether the host of a URL is this machine. */
export function isLoopback(base: string): boolean {
  const host = new URL(base).hostname;
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\./.test(host);
}
