import * as vscode from "vscode";
import type { BackendIo, Connection, Decode, TraceSource } from "../backends/backend.ts";
import { backendOf } from "../backends/index.ts";
import { Emitter } from "../base/event.ts";
import { UserError } from "../base/userError.ts";
import { readConnections } from "./connectionSettings.ts";
import type { Log } from "./log.ts";
import { noLinks } from "./noLinks.ts";
import { proxyFor } from "./proxy.ts";
import type { Secrets } from "./secrets.ts";
import { onSetting, setting } from "./settings.ts";

export type ConnectionState = "unknown" | "ok" | "failed";

/**
 * The connections of the settings, which of them is active, and one source for each, made when first used. Nothing is sent
 * until a source is asked something.
 */
export class Connections implements vscode.Disposable {
  readonly #io: BackendIo;
  readonly #memory: vscode.Memento;
  readonly #log: Log;
  readonly #changed = new Emitter<void>();
  readonly #watch: vscode.Disposable;
  #list: readonly Connection[] = [];
  #sources = new Map<string, TraceSource>();
  #states = new Map<string, { state: ConnectionState; detail: string }>();
  /** The list, the active one, or a state has changed. */
  readonly onChange = this.#changed.event;

  constructor(memory: vscode.Memento, secrets: Secrets, decode: Decode, log: Log) {
    this.#memory = memory;
    this.#log = log;
    this.#io = {
      proxy: async (url) => proxyFor(url),
      secret: (origin) => secrets.get(origin),
      decode,
      log: (line) => log.info(line),
    };
    this.#read();
    this.#watch = onSetting(["connections"], () => {
      this.#read();
      this.#changed.fire();
    });
  }

  get list(): readonly Connection[] {
    return this.#list;
  }

  /** The connection that searches and recent traces use: the one chosen last, else the first. */
  get active(): Connection | undefined {
    const name = this.#memory.get<string>(activeKey);
    return this.#list.find((connection) => connection.name === name) ?? this.#list[0];
  }

  async activate(name: string): Promise<void> {
    await this.#memory.update(activeKey, name);
    this.#changed.fire();
  }

  named(name: string): Connection | undefined {
    return this.#list.find((connection) => connection.name === name);
  }

  /** The source of the connection of this name as it is now: a caller may still hold one from before an edit. */
  source(given: Connection): TraceSource {
    const connection = this.named(given.name) ?? given;
    const known = this.#sources.get(connection.name);
    if (known !== undefined) return known;
    const source = this.probe(connection);
    this.#sources.set(connection.name, source);
    return source;
  }

  /** A source of its own for a connection that may not be in the settings: dispose it after use. */
  probe(connection: Connection): TraceSource {
    const backend = backendOf(connection.kind);
    if (backend === undefined) throw new UserError(`Traceline knows no backend "${connection.kind}".`);
    return backend.connect(connection, this.#io);
  }

  stateOf(connection: Connection): { state: ConnectionState; detail: string } {
    return this.#states.get(connection.name) ?? { state: "unknown", detail: "Not asked yet" };
  }

  /** Runs `task` on the connection's source and remembers whether the backend answered. */
  async use<T>(connection: Connection, task: (source: TraceSource) => Promise<T>): Promise<T> {
    try {
      const result = await task(this.source(connection));
      this.#setState(connection, "ok", "Connected");
      return result;
    } catch (error) {
      if (error instanceof UserError && error.code === "notFound")
        this.#setState(connection, "ok", "Connected");
      else if (error instanceof UserError) this.#setState(connection, "failed", error.message);
      throw error;
    }
  }

  /** Adds to the user's settings, under a name that is free, and makes it active. */
  async add(connection: Connection): Promise<Connection> {
    const names = new Set(this.#list.map((known) => known.name));
    let name = connection.name;
    for (let n = 2; names.has(name); n++) name = `${connection.name} ${n}`;
    const entry: Record<string, unknown> = { name, kind: connection.kind, url: connection.url };
    if (connection.auth !== "none") entry.auth = connection.auth;
    if (connection.user !== "") entry.user = connection.user;
    if (connection.tenant !== "") entry.tenant = connection.tenant;
    if (Object.keys(connection.headers).length > 0) entry.headers = connection.headers;
    const configuration = vscode.workspace.getConfiguration("traceline");
    // Where the workspace has a list of its own, that is the one in force.
    const values = configuration.inspect<unknown[]>("connections");
    const isOfWorkspace = Array.isArray(values?.workspaceValue);
    const known = isOfWorkspace ? values?.workspaceValue : values?.globalValue;
    await configuration.update(
      "connections",
      [...(Array.isArray(known) ? known : []), entry],
      isOfWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
    await this.activate(name);
    return { ...connection, name };
  }

  dispose(): void {
    this.#watch.dispose();
    for (const source of this.#sources.values()) source.dispose();
    this.#changed.dispose();
  }

  async #tellProblem(problem: string): Promise<void> {
    const open = "Open Settings";
    const choice = await vscode.window.showWarningMessage(noLinks(problem), open);
    if (choice === open) await vscode.commands.executeCommand("traceline.editConnections");
  }

  #setState(connection: Connection, state: ConnectionState, detail: string): void {
    if (!this.#list.includes(connection)) return;
    const before = this.stateOf(connection);
    if (before.state === state && before.detail === detail) return;
    this.#states.set(connection.name, { state, detail });
    this.#changed.fire();
  }

  #read(): void {
    const { connections, problems } = readConnections(setting("connections"));
    const kept = new Map(this.#list.map((connection) => [connection.name, JSON.stringify(connection)]));
    for (const [name, source] of this.#sources) {
      const now = connections.find((connection) => connection.name === name);
      if (now !== undefined && kept.get(name) === JSON.stringify(now)) continue;
      source.dispose();
      this.#sources.delete(name);
      this.#states.delete(name);
    }
    this.#list = connections;
    void vscode.commands.executeCommand("setContext", "traceline.hasConnection", connections.length > 0);
    if (problems.length === 0) return;
    for (const problem of problems) this.#log.info(problem);
    void this.#tellProblem(problems[0]);
  }
}

const activeKey = "traceline.activeConnection";
