import type * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { Connections } from "./connections.ts";
import type { RecentTraces } from "./recentTraces.ts";
import { setting } from "./settings.ts";
import { spanOfTime } from "./spanOfTime.ts";

/** A backend's traces of itself are not what anybody looks for. */
const ownServices: ReadonlySet<string> = new Set([
  "jaeger",
  "jaeger-all-in-one",
  "jaeger-query",
  "jaeger-collector",
  "zipkin-server",
]);

/** How much longer the wait is after a failure. */
const patience = 6;

/** How many services are asked at a time when the backend cannot search them all at once; the others come next. */
const servicesAsked = 8;

/** Each answer begins this much before the last one, and ends this much after now. */
const overlapMs = 5 * 60_000;

/**
 * Keeps the recent traces of the active connection fresh while somebody looks: one request series at a time, none while the
 * view is hidden, and after a failure less often. After the first time only what is new is fetched.
 */
export class RecentPoll implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #recent: RecentTraces;
  readonly #onHotspots: (connection: string, hotspots: readonly Hotspot[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;
  #visible = false;
  readonly #asked = new Map<string, Map<string, number>>();

  constructor(
    connections: Connections,
    recent: RecentTraces,
    onHotspots: (connection: string, hotspots: readonly Hotspot[]) => void,
  ) {
    this.#connections = connections;
    this.#recent = recent;
    this.#onHotspots = onHotspots;
  }

  show(visible: boolean): void {
    this.#visible = visible;
    if (visible) void this.refresh().catch(() => {});
    else this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = undefined;
  }

  /** Asks now. Rejects with what the backend says; the state of the connection shows it as well. */
  async refresh(): Promise<void> {
    this.stop();
    const connection = this.#connections.active;
    if (connection === undefined) return;
    const controller = new AbortController();
    this.#running = controller;
    try {
      await this.#ask(connection, controller.signal);
      this.#again(connection, controller, 1);
    } catch (error) {
      this.#again(connection, controller, patience);
      throw error;
    }
  }

  async #ask(connection: Connection, signal: AbortSignal): Promise<void> {
    const nowMs = Date.now();
    const oldestMs = nowMs - spanOfTime(setting("recent.lookback"));
    const asked = this.#askedOf(connection);
    await this.#connections.use(connection, async (source) => {
      const query = { operation: "", tags: new Map(), minDurationNs: 0, maxDurationNs: 0 };
      const services = source.can.searchWithoutService
        ? [""]
        : (await source.services(signal)).filter((name) => !ownServices.has(name));
      this.#recent.seen(connection.name, [], oldestMs);
      for (const service of longestAgo(services, asked)) {
        // What began long ago may have come since; a clock that is ahead of ours must not hide what just happened.
        const fromMs = Math.max(oldestMs, (asked.get(service) ?? 0) - overlapMs);
        const range = { fromMs, toMs: nowMs + overlapMs, limit: setting("search.limit") };
        const result = await source.search({ ...query, ...range, service }, signal);
        signal.throwIfAborted();
        // At once: of a service that has answered only what is new is asked for, should the next one not answer.
        this.#recent.seen(connection.name, result.summaries, oldestMs);
        asked.set(service, nowMs);
        Promise.resolve(result.hotspots).then(
          (hotspots) => this.#onHotspots(connection.name, hotspots),
          () => {},
        );
      }
    });
  }

  /** When each service of the connection was asked last. */
  #askedOf(connection: Connection): Map<string, number> {
    // Who looks further back, or for more, has not been answered yet.
    const key = JSON.stringify([connection, setting("recent.lookback"), setting("search.limit")]);
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = new Map();
      this.#asked.set(key, asked);
    }
    return asked;
  }

  #again(connection: Connection, controller: AbortController, times: number): void {
    const every = setting("recent.refresh");
    if (!this.#visible || every <= 0 || this.#running !== controller) return;
    const known = this.#connections.named(connection.name);
    const rest = known === undefined ? 0 : (this.#connections.source(known).can.restSeconds ?? 0);
    const seconds = Math.max(every, rest) * times;
    this.#timer = setTimeout(() => void this.refresh().catch(() => {}), seconds * 1000);
  }

  dispose(): void {
    this.stop();
  }
}

/** The services that were asked longest ago, or never, in their order. */
function longestAgo(services: readonly string[], asked: ReadonlyMap<string, number>): readonly string[] {
  return [...services].sort((a, b) => (asked.get(a) ?? 0) - (asked.get(b) ?? 0)).slice(0, servicesAsked);
}
