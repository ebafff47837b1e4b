import type { Socket } from "node:net";

/** A connection of HTTP/2 is idle when nothing has come on it for so long. */
const quietMs = 5_000;

/**
 * Keeps the connections to a port below a number. A new one beyond it takes the place of the one that has been idle longest,
 * so that a thousand idle ones keep no program from sending; when all are busy, the new one is closed.
 */
export class ConnectionCap {
  readonly #most: number;
  readonly #monotonic: () => number;
  /** How many requests each has under way: HTTP/1.1 lets a sender send the next one before the answer. */
  readonly #busy = new Map<Socket, number>();
  /** In the order in which they became idle. */
  readonly #idle = new Set<Socket>();
  /** What had come on those whose calls are not seen here when it was looked at last, and since when. */
  readonly #unseen = new Map<Socket, { bytes: number; since: number }>();

  constructor(most: number, monotonic = () => performance.now()) {
    this.#most = most;
    this.#monotonic = monotonic;
  }

  get size(): number {
    return this.#busy.size + this.#idle.size + this.#unseen.size;
  }

  /** Takes a new connection, or closes it and answers false. */
  add(socket: Socket): boolean {
    if (this.size >= this.#most) {
      const [oldest = this.#quietest()] = this.#idle;
      if (oldest === undefined) {
        socket.destroy();
        return false;
      }
      this.#forget(oldest);
      oldest.destroy();
    }
    this.#idle.add(socket);
    socket.once("close", () => this.#forget(socket));
    return true;
  }

  /** A request has begun on it. */
  setBusy(socket: Socket): void {
    const requests = this.#busy.get(socket) ?? 0;
    if (this.#idle.delete(socket) || requests > 0) this.#busy.set(socket, requests + 1);
  }

  /** A request on it is over; it is idle when that was the last. */
  setIdle(socket: Socket): void {
    const requests = this.#busy.get(socket) ?? 0;
    if (requests > 1) this.#busy.set(socket, requests - 1);
    else if (this.#busy.delete(socket)) this.#idle.add(socket);
  }

  /** It speaks HTTP/2, whose calls are not seen here. */
  setUnseen(socket: Socket): void {
    if (!this.#idle.delete(socket)) return;
    this.#unseen.set(socket, { bytes: socket.bytesRead, since: this.#monotonic() });
  }

  destroyIdle(): void {
    for (const socket of [...this.#idle]) socket.destroy();
  }

  destroyAll(): void {
    for (const socket of [...this.#busy.keys(), ...this.#idle, ...this.#unseen.keys()]) socket.destroy();
  }

  /** The one of HTTP/2 on which nothing has come for longest, if it is long enough. */
  #quietest(): Socket | undefined {
    const now = this.#monotonic();
    let quietest: Socket | undefined;
    let longest = quietMs;
    for (const [socket, seen] of this.#unseen) {
      if (seen.bytes !== socket.bytesRead) {
        seen.bytes = socket.bytesRead;
        seen.since = now;
      } else if (now - seen.since >= longest) {
        quietest = socket;
        longest = now - seen.since;
      }
    }
    return quietest;
  }

  #forget(socket: Socket): void {
    this.#idle.delete(socket);
    this.#busy.delete(socket);
    this.#unseen.delete(socket);
  }
}
