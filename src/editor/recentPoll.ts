import type * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Connections } from "./connections.ts";
import type { RecentTraces } from "./recentTraces.ts";
import { setting } from "./settings.ts";
import { spanOfTime } from "./spanOfTime.ts";

/** Jaeger's traces of itself are not what anybody looks for. */
const ownServices: ReadonlySet<string> = new Set([
  "jaeger",
  "jaeger-all-in-one",
  "jaeger-query",
  "jaeger-collector",
]);

/** How much longer the wait is after a failure. */
const patience = 6;

/** How many services are asked when the backend cannot search them all at once. */
const servicesAsked = 8;

/**
 * Keeps the recent traces of the active connection fresh while somebody looks: one request series at a time, none while the
 * view is hidden, and after a failure less often.
 */
export class RecentPoll implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #recent: RecentTraces;
  readonly #onHotspots: (connection: string, hotspots: readonly Hotspot[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;
  #visible = false;

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
      this.#again(controller, 1);
    } catch (error) {
      this.#again(controller, patience);
      throw error;
    }
  }

  async #ask(connection: Connection, signal: AbortSignal): Promise<void> {
    const toMs = Date.now();
    await this.#connections.use(connection, async (source) => {
      // A clock that is ahead of ours by some minutes must not hide what just happened.
      const range = { fromMs: toMs - spanOfTime(setting("recent.lookback")), toMs: toMs + 5 * 60_000 };
      const query = { operation: "", tags: new Map(), minDurationNs: 0, maxDurationNs: 0, ...range };
      const limit = setting("search.limit");
      const services = source.can.searchWithoutService
        ? [""]
        : (await source.services(signal)).filter((name) => !ownServices.has(name)).slice(0, servicesAsked);
      const found = new Map<string, TraceSummary>();
      const hotspots: Hotspot[] = [];
      for (const service of services) {
        const result = await source.search({ ...query, service, limit }, signal);
        for (const summary of result.summaries) found.set(summary.traceId, summary);
        hotspots.push(...result.hotspots);
      }
      signal.throwIfAborted();
      this.#recent.seen(
        connection.name,
        [...found.values()].sort((a, b) => b.startMs - a.startMs),
      );
      this.#onHotspots(connection.name, hotspots);
    });
  }

  #again(controller: AbortController, times: number): void {
    const seconds = setting("recent.refresh") * times;
    if (!this.#visible || seconds <= 0 || this.#running !== controller) return;
    this.#timer = setTimeout(() => void this.refresh().catch(() => {}), seconds * 1000);
  }

  dispose(): void {
    this.stop();
  }
}
