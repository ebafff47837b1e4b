import type { Dispatcher } from "undici";
import { HttpError, type Peer } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";

/**
 * One GET, redirects followed as far as they stay within the origin: what a request carries (token, tenant, headers) never
 * reaches another one. The answer's body has to be read or destroyed by the caller.
 */
export async function exchange(
  dispatcher: Dispatcher,
  peer: Peer,
  url: string,
  headers: string[],
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const origin = new URL(url).origin;
  let target = new URL(url);
  for (let hop = 0; ; hop++) {
    const response = await dispatcher.request({
      origin,
      path: target.pathname + target.search,
      method: "GET",
      headers,
      signal,
      // Said here, since not every way through a proxy takes them over from the agent.
      headersTimeout: limits.firstByteMs,
      bodyTimeout: limits.idleMs,
    });
    const location = header(response, "location");
    if (response.statusCode < 300 || response.statusCode > 399 || location === undefined) return response;
    response.body.on("error", () => {});
    response.body.destroy();
    if (hop === limits.redirects) {
      throw new HttpError(`${peer.label} at ${peer.address} redirects in circles.`, {
        action: "editConnection",
        code: "redirect",
      });
    }
    target = within(peer, origin, target, location);
  }
}

export function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function within(peer: Peer, origin: string, from: URL, location: string): URL {
  let to: URL;
  try {
    to = new URL(location, from);
  } catch (cause) {
    throw new HttpError(`${peer.label} at ${peer.address} redirects to what is not a URL.`, {
      action: "editConnection",
      code: "redirect",
      cause,
    });
  }
  if (to.origin === origin) return to;
  const where = to.protocol === "http:" || to.protocol === "https:" ? to.origin : `a ${to.protocol} address`;
  throw new HttpError(
    `${peer.label} at ${peer.address} redirects to ${where}, which is not followed: it may be a sign-in page. ` +
      "If it is the right address, set it as the connection's URL.",
    { action: "editConnection", code: "redirect" },
  );
}
