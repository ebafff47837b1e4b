import type { Socket } from "node:net";
import { type FirstBytes, firstBytesOf } from "./wrongProtocol.ts";

/** Enough to tell protocols apart. */
const wanted = 4;

export interface FirstLook {
  /** The connection may say nothing, or too little, for so long; then `late` is called. */
  readonly patienceMs: number;
  readonly late: () => void;
}

/**
 * Waits for the first bytes of a new connection and says what they begin. They are put back: whoever reads the socket, which
 * is paused then, reads them again. A connection that ends before is ended.
 */
export function lookAtFirst(
  socket: Socket,
  { patienceMs, late }: FirstLook,
  begin: (protocol: FirstBytes) => void,
): void {
  let first: Buffer = Buffer.alloc(0);
  const patience = setTimeout(late, patienceMs);
  const stop = (): void => {
    clearTimeout(patience);
    socket.off("data", look).off("end", ended).off("close", stop);
  };
  const ended = (): void => {
    stop();
    socket.end();
  };
  const look = (chunk: Buffer): void => {
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    if (first.length < wanted) return;
    stop();
    socket.pause();
    socket.unshift(first);
    begin(firstBytesOf(first));
  };
  socket.on("data", look).on("end", ended).on("close", stop);
}
