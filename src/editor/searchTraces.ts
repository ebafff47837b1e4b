import * as vscode from "vscode";
import type { Connection, TraceSource } from "../backends/backend.ts";
import { Emitter } from "../base/event.ts";
import type { Hotspot } from "../model/hotspot.ts";
import { reasonOf } from "./connectionItem.ts";
import type { Connections } from "./connections.ts";
import { cannotSearch } from "./searchFields.ts";
import { fillSearchForm } from "./searchForm.ts";
import { type FoundTrace, SearchFound } from "./searchFound.ts";
import { allConnections, anyTrace, asForm, queryOf, type SearchForm } from "./searchQuery.ts";
import { setting } from "./settings.ts";
import { isCancelled } from "./tell.ts";

/** How the search results view stands. */
export interface SearchState {
  readonly form: SearchForm;
  readonly running: boolean;
  readonly traces: readonly FoundTrace[];
  /** The connections whose answer was cut at the limit. */
  readonly limited: readonly string[];
  readonly notes: readonly string[];
  /** Why it found less than it could, or nothing: by connection where several were asked. */
  readonly failures: readonly string[];
}

/** After the first answer, results that come are drawn at most this often, ms: a backend may answer service by service. */
const drawnEvery = 150;
const pastKept = 10;

/** Searches, one at a time: a new one ends the one before. The last searches are kept and offered again. */
export class TraceSearch implements vscode.Disposable {
  readonly #connections: Connections;
  readonly #memory: vscode.Memento;
  readonly #onHotspots: (connection: string, hotspots: readonly Hotspot[]) => void;
  readonly #changed = new Emitter<void>();
  #running: AbortController | undefined;
  #drawing: NodeJS.Timeout | undefined;
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

  /** Shows the form, with `start` in place of the last search when it is given, and runs what the person asks for. */
  async ask(start?: SearchForm): Promise<void> {
    if (this.#connections.active === undefined) {
      await vscode.commands.executeCommand("traceline.addConnection");
      if (this.#connections.active === undefined) return;
    }
    const past = this.past();
    const form = await fillSearchForm(
      start ?? this.formOf(this.#connections.active.name),
      past,
      this.#connections,
    );
    if (form !== undefined) await this.run(form);
  }

  /** The last search of the connection, or an empty one. */
  formOf(connection: string): SearchForm {
    const last = this.past().find((form) => form.connection === connection);
    return (
      last ?? {
        ...anyTrace,
        connection,
        lookback: setting("recent.lookback"),
        limit: setting("search.limit"),
      }
    );
  }

  /** The last searches of connections that are still there, newest first. */
  past(): readonly SearchForm[] {
    const kept = this.#memory.get<unknown>(memoryKey);
    return (Array.isArray(kept) ? kept : [])
      .map(asForm)
      .filter((form) => form !== undefined)
      .filter(({ connection }) => this.#asked(connection).length > 0);
  }

  /** Rejects with what went wrong when nobody answered. */
  async run(form: SearchForm): Promise<void> {
    const asked = this.#asked(form.connection);
    if (asked.length === 0) return;
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    await this.#memory.update(
      memoryKey,
      [form, ...this.past().filter((other) => !equals(other, form))].slice(0, pastKept),
    );
    if (this.#running !== controller) return;
    const searching = this.#search(asked, form, controller);
    await vscode.window.withProgress({ location: { viewId: "traceline.searchResults" } }, () => searching);
  }

  cancel(): void {
    this.#running?.abort(new vscode.CancellationError());
  }

  dispose(): void {
    this.cancel();
    clearTimeout(this.#drawing);
    this.#changed.dispose();
  }

  #asked(connection: string): readonly Connection[] {
    if (connection === allConnections) return this.#connections.list;
    const named = this.#connections.named(connection);
    return named === undefined ? [] : [named];
  }

  async #search(asked: readonly Connection[], form: SearchForm, controller: AbortController): Promise<void> {
    const found = new SearchFound(
      asked.map(({ name }) => name),
      form.limit,
    );
    const failures: string[] = [];
    const show = (running: boolean) => {
      const traces = found.traces();
      this.#set({
        form,
        running,
        traces,
        limited: found.limited(),
        notes: found.notes(),
        failures: [...failures],
      });
    };
    const showSoon = () => {
      if (this.#drawing === undefined && (this.state?.traces.length ?? 0) === 0) show(true);
      this.#drawing ??= setTimeout(() => {
        this.#drawing = undefined;
        if (this.#running === controller && !controller.signal.aborted) show(true);
      }, drawnEvery);
    };
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    show(true);

    const errors: unknown[] = [];
    const search = async (connection: Connection): Promise<void> => {
      try {
        const problem = await this.#searchOne(connection, form, controller.signal, (result) => {
          found.add(connection.name, result);
          showSoon();
        });
        if (problem !== "") failures.push(`${connection.name} was left out: it ${problem}.`);
      } catch (error) {
        errors.push(error);
        const message = error instanceof Error ? error.message : String(error);
        if (!isCancelled(error))
          failures.push(asked.length > 1 ? `${connection.name}: ${reasonOf(message)}` : message);
      }
    };
    await Promise.all(asked.map(search));
    if (this.#running !== controller) return;
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    if (controller.signal.aborted)
      failures.push(`Search cancelled${found.traces().length > 0 ? ": what had come is shown" : ""}.`);
    show(false);
    const [error] = errors;
    if (errors.length === asked.length && !isCancelled(error)) throw error;
  }

  /** Answers why the connection was not asked, or "". */
  async #searchOne(
    connection: Connection,
    form: SearchForm,
    signal: AbortSignal,
    tell: (result: Awaited<ReturnType<TraceSource["search"]>>) => void,
  ): Promise<string> {
    const problem = cannotSearch(form, this.#connections.source(connection).can);
    if (problem !== "") return problem;
    const query = queryOf(form, Date.now());
    await this.#connections.use(connection, async (source) => {
      for (const service of await servicesAsked(source, form, signal)) {
        const result = await source.search({ ...query, service }, signal);
        signal.throwIfAborted();
        Promise.resolve(result.hotspots).then(
          (hotspots) => this.#onHotspots(connection.name, hotspots),
          () => {},
        );
        tell(result);
      }
    });
    return "";
  }

  #set(state: SearchState): void {
    this.state = state;
    void vscode.commands.executeCommand("setContext", "traceline.hasSearched", true);
    void vscode.commands.executeCommand("setContext", "traceline.searching", state.running);
    this.#changed.fire();
  }
}

/** The service that is searched; all of them, one after another, where the backend wants one and none was chosen. */
async function servicesAsked(
  source: TraceSource,
  form: SearchForm,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (form.service !== "" || form.text !== "" || source.can.searchWithoutService) return [form.service];
  return source.services(signal);
}

const memoryKey = "traceline.searches";

function equals(a: SearchForm, b: SearchForm): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
