import type { Socket } from "node:net";

/**
 * Keeps the connections to a port below a number. A new one beyond it takes the place of the one that has been idle longest,
 * so that a thousand idle ones keep no program from sending; when all are busy, the new one is closed.
 */
export class ConnectionCap {
  readonly #most: number;
  readonly #busy = new Set<Socket>();
  /** In the order in which they became idle. */
  readonly #idle = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#busy.size + this.#idle.size;
  }

  /** Takes a new connection, or closes it and answers false. */
  add(socket: Socket): boolean {
    if (this.size >= this.#most) {
      const [oldest] = this.#idle;
      if (oldest === undefined) {
        socket.destroy();
        return false;
      }
      this.#idle.delete(oldest);
      oldest.destroy();
    }
    this.#idle.add(socket);
    socket.once("close", () => {
      this.#idle.delete(socket);
      this.#busy.delete(socket);
    });
    return true;
  }

  setBusy(socket: Socket): void {
    if (this.#idle.delete(socket)) this.#busy.add(socket);
  }

  setIdle(socket: Socket): void {
    if (this.#busy.delete(socket)) this.#idle.add(socket);
  }

  destroyIdle(): void {
    for (const socket of [...this.#idle]) socket.destroy();
  }

  destroyAll(): void {
    for (const socket of [...this.#busy, ...this.#idle]) socket.destroy();
  }
}
