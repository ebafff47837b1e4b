import type { Http2Server } from "node:http2";

/** How much a sender may have on its way, for a call and for a connection. HTTP/2's 64 KB is five round trips for a batch. */
const windowBytes = 4 << 20;

/**
 * Widens the windows of a server's connections. grpc-js has that option for clients only, so this reaches for its HTTP/2
 * servers, and does nothing where a later version has them elsewhere.
 */
export function widenWindows(server: object): void {
  const { http2Servers } = server as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  for (const http2 of http2Servers?.keys() ?? []) {
    http2.updateSettings({ initialWindowSize: windowBytes });
    http2.on("session", (session) => session.setLocalWindowSize(windowBytes));
  }
}

/** What makes a message that has wholly come what was sent: it has the bytes that frame it, and the result has not. */
type Inflate = (message: Buffer, encoding: string) => Buffer | Promise<Buffer>;

/**
 * Has a call's compressed messages inflated only once `come` resolves to true, and never after false. grpc-js inflates a message
 * as soon as it has come, before an interceptor learns of it, and takes `grpc-encoding` out of the metadata, so this goes
 * between; it does nothing where a later version inflates elsewhere.
 */
export function inflateInTurn(call: object, come: () => Promise<boolean>): void {
  const inflating = call as { decompressMessage?: Inflate };
  const inflate = inflating.decompressMessage?.bind(call);
  if (inflate === undefined) return;
  const inTurn = async (message: Buffer, encoding: string): Promise<Buffer> => {
    // The call has been answered by then: nobody is told this.
    if (!(await come())) throw new Error("The call has ended.");
    return inflate(message, encoding);
  };
  inflating.decompressMessage = (message, encoding) =>
    encoding === "identity" ? inflate(message, encoding) : inTurn(message, encoding);
}
