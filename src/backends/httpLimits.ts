/** How long and how much an HTTP exchange may take; times in ms. */
export interface HttpLimits {
  readonly connectMs: number;
  /** From the request sent to the first byte of the answer. */
  readonly firstByteMs: number;
  /** Between two chunks of the answer. */
  readonly idleMs: number;
  /** The whole read, a second try and the use of the answer included. */
  readonly totalMs: number;
  /** The most that a read which sets its own time may set. */
  readonly longestMs: number;
  /** Of an answer after inflation. */
  readonly maxBytes: number;
  /** The most that a read which sets its own size may set. */
  readonly mostBytes: number;
  /** Of an answer that is parsed on the spot; a larger one would hold up the event loop. */
  readonly maxJsonBytes: number;
  /** Wait before the second try; up to as much again is added by chance. */
  readonly backoffMs: number;
  /** The longest Retry-After that is waited for; a longer one is reported. */
  readonly retryAfterMs: number;
  /** Sockets, and so reads at a time. */
  readonly connections: number;
  readonly redirects: number;
}

const MB = 2 ** 20;

export const httpLimits: HttpLimits = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  idleMs: 10_000,
  totalMs: 60_000,
  longestMs: 300_000,
  maxBytes: 256 * MB,
  mostBytes: 1024 * MB,
  maxJsonBytes: 8 * MB,
  backoffMs: 500,
  retryAfterMs: 30_000,
  connections: 4,
  redirects: 3,
};

/** For one whole trace, which a person waits for with progress and a way to cancel. */
export const wholeTraceLimits = { maxBytes: 1024 * MB, totalMs: 300_000 };
