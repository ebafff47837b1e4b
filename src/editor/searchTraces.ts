import * as vscode from "vscode";
import type { Connection, SearchResult, TraceSource } from "../backends/backend.ts";
import { Emitter } from "../base/event.ts";
import type { Hotspot } from "../model/hotspot.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Connections } from "./connections.ts";
import { fillSearchForm } from "./searchForm.ts";
import { queryOf, type SearchForm } from "./searchQuery.ts";
import { setting } from "./settings.ts";
import { isCancelled } from "./tell.ts";

/** How the search results view stands. */
export interface SearchState {
  readonly form: SearchForm;
  readonly running: boolean;
  readonly summaries: readonly TraceSummary[];
  readonly limited: boolean;
  readonly notes: readonly string[];
  /** Why it failed, or "". */
  readonly failure: string;
}

/** Searches, one at a time: a new one ends the one before. The last searches are kept and offered again. */
export class TraceSearch implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #memory: vscode.Memento;
  readonly #onHotspots: (connection: string, hotspots: readonly Hotspot[]) => void;
  readonly #changed = new Emitter<void>();
  #running: AbortController | undefined;
  state: SearchState | undefined;
  readonly onChange = this.#changed.event;

  constructor(
    connections: Connections,
    memory: vscode.Memento,
    onHotspots: (connection: string, hotspots: readonly Hotspot[]) => void,
  ) {
    this.#connections = connections;
    this.#memory = memory;
    this.#onHotspots = onHotspots;
  }

  /** Shows the form and runs what the person asks for. */
  async ask(): Promise<void> {
    const active = this.#connections.active;
    if (active === undefined) {
      await vscode.commands.executeCommand("traceline.addConnection");
      if (this.#connections.active === undefined) return;
    }
    const connection = this.#connections.active!;
    const past = this.past().filter((form) => this.#connections.named(form.connection) !== undefined);
    const last = past.find((form) => form.connection === connection.name);
    const start = last ?? {
      connection: connection.name,
      service: "",
      operation: "",
      tags: "",
      minDuration: "",
      maxDuration: "",
      lookback: setting("recent.lookback"),
      limit: setting("search.limit"),
    };
    const form = await fillSearchForm(start, past, this.#connections.list, (known) =>
      this.#connections.source(known),
    );
    if (form !== undefined) await this.run(form);
  }

  /** The last searches, newest first. */
  past(): readonly SearchForm[] {
    const kept = this.#memory.get<unknown>(memoryKey);
    return (Array.isArray(kept) ? kept : []).filter(isForm);
  }

  async run(form: SearchForm): Promise<void> {
    const connection = this.#connections.named(form.connection);
    if (connection === undefined) return;
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    await this.#memory.update(
      memoryKey,
      [form, ...this.past().filter((other) => !equals(other, form))].slice(0, 10),
    );
    const searching = this.#search(connection, form, controller);
    await vscode.window.withProgress({ location: { viewId: "traceline.searchResults" } }, () => searching);
  }

  cancel(): void {
    this.#running?.abort(new vscode.CancellationError());
  }

  dispose(): void {
    this.#running?.abort(new vscode.CancellationError());
    this.#changed.dispose();
  }

  async #search(connection: Connection, form: SearchForm, controller: AbortController): Promise<void> {
    const found: Found = { form, summaries: [], limited: false, notes: [], failure: "" };
    this.#set({ ...found, running: true });
    try {
      await this.#connections.use(connection, async (source) => {
        const query = queryOf(form, Date.now());
        const names = await servicesAsked(source, form.service, controller.signal);
        for (const service of names) {
          const result = await source.search({ ...query, service }, controller.signal);
          controller.signal.throwIfAborted();
          this.#onHotspots(connection.name, result.hotspots);
          addTo(found, result, form.limit);
          // What has come is shown while the other services are asked.
          this.#set({ ...found, running: true });
        }
      });
      this.#set({ ...found, running: false });
    } catch (error) {
      if (this.#running !== controller) return;
      const failure = isCancelled(error)
        ? `Search cancelled${found.summaries.length > 0 ? ": what had come is shown" : ""}.`
        : error instanceof Error
          ? error.message
          : String(error);
      this.#set({ ...found, failure, running: false });
      if (!isCancelled(error)) throw error;
    }
  }

  #set(state: SearchState): void {
    this.state = state;
    void vscode.commands.executeCommand("setContext", "traceline.hasSearched", true);
    void vscode.commands.executeCommand("setContext", "traceline.searching", state.running);
    this.#changed.fire();
  }
}

type Found = { -readonly [K in keyof Omit<SearchState, "running">]: SearchState[K] };

/** The service that is searched; all of them, one after another, where the backend wants one and none was chosen. */
async function servicesAsked(
  source: TraceSource,
  service: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (service !== "" || source.can.searchWithoutService) return [service];
  return source.services(signal);
}

/** Adds traces that are not there yet, newest first, up to the limit. */
function addTo(found: Found, result: SearchResult, limit: number): void {
  const known = new Set(found.summaries.map((summary) => summary.traceId));
  const all = [...found.summaries, ...result.summaries.filter((summary) => !known.has(summary.traceId))];
  all.sort((a, b) => b.startMs - a.startMs);
  found.summaries = all.slice(0, limit);
  found.limited ||= result.limited || all.length > limit;
  found.notes = [...new Set([...found.notes, ...result.notes])];
}

const memoryKey = "traceline.searches";

function equals(a: SearchForm, b: SearchForm): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isForm(value: unknown): value is SearchForm {
  if (typeof value !== "object" || value === null) return false;
  const form = value as Record<string, unknown>;
  const texts = ["connection", "service", "operation", "tags", "minDuration", "maxDuration", "lookback"];
  return texts.every((key) => typeof form[key] === "string") && typeof form.limit === "number";
}
