import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { BackendIo, Connection, TraceSource } from "../backends/backend.ts";
import { backendOf } from "../backends/index.ts";
import { Emitter } from "../base/event.ts";
import { UserError } from "../base/userError.ts";
import { type ConnectionParts, connectionIo } from "./connectionIo.ts";
import { listedConnections } from "./connectionList.ts";
import { freeName, type Place, type SavedConnection } from "./connectionSettings.ts";
import {
  answered,
  type ConnectionState,
  checking,
  notAsked,
  type Refusal,
  setConnectionRefusing,
  stateAfter,
  stopped,
} from "./connectionState.ts";
import {
  type ConnectionChange,
  changeSaved,
  openSaved,
  removeSaved,
  saveConnection,
  savedConnections,
} from "./savedConnections.ts";
import { onSetting } from "./settings.ts";
import { guardedIo, TlsConsents, type WeakTls, weakTlsOf } from "./tlsConsent.ts";

/**
 * The connections of the settings and the built-in ones, which of them is active, and one source for each, made when first
 * used. Nothing is sent until a source is asked something.
 */
export class Connections implements vscode.Disposable {
  readonly #io: BackendIo;
  readonly #memory: vscode.Memento;
  readonly #consents: TlsConsents;
  readonly #changed = new Emitter<void>();
  readonly #refused = new Emitter<Refusal>();
  readonly #retried = new Emitter<Connection>();
  readonly #watches: vscode.Disposable[];
  #saved: readonly SavedConnection[] = [];
  #list: readonly Connection[] = [];
  #problems: readonly string[] = [];
  readonly #builtIns = new Map<string, { connection: Connection; source: TraceSource }>();
  readonly #sources = new Map<string, TraceSource>();
  readonly #states = new Map<string, ConnectionState>();
  readonly #stopped = new Set<string>();
  /** The list, the active one, or a state has changed. */
  readonly onChange = this.#changed.event;
  /** A backend was asked and wants a secret it did not get. */
  readonly onRefused = this.#refused.event;
  /** A connection that had been refused may be asked again: it has a new secret, or the person wants it. */
  readonly onRetry = this.#retried.event;

  constructor(parts: ConnectionParts) {
    const { memory, secrets, authCommands } = parts;
    this.#memory = memory;
    this.#consents = new TlsConsents(memory);
    this.#io = connectionIo(parts);
    this.#read();
    const readAgain = () => {
      this.#read();
      this.#changed.fire();
    };
    this.#watches = [
      onSetting(["connections"], readAgain),
      vscode.workspace.onDidGrantWorkspaceTrust(readAgain),
      secrets.onChange((origin) => this.#retryAt(origin)),
      authCommands.onChange(() => this.#retryAt(undefined)),
    ];
  }

  /** Those of the workspace first, then the user's, then the built-in ones. */
  get list(): readonly Connection[] {
    return this.#list;
  }

  /** The connections of the settings, and where they stand. */
  get saved(): readonly SavedConnection[] {
    return this.#saved;
  }

  /** What is wrong with the setting, each in one sentence that names its key. */
  get problems(): readonly string[] {
    return this.#problems;
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

  /** Where a connection of the settings stands; undefined for a built-in one. */
  savedOf(connection: Connection): SavedConnection | undefined {
    return this.#saved[this.#list.findIndex(({ name }) => name === connection.name)];
  }

  isBuiltIn(connection: Connection): boolean {
    return this.#builtIns.has(connection.name);
  }

  /**
   * Adds a source that is not of the settings, last in the list, until the answer is disposed; the source stays the
   * caller's. A connection of the settings with this name is listed under another one.
   */
  addBuiltIn(connection: Connection, source: TraceSource): vscode.Disposable {
    const builtIn = { connection, source };
    this.#builtIns.set(connection.name, builtIn);
    this.#read();
    this.#changed.fire();
    return {
      dispose: () => {
        if (this.#builtIns.get(connection.name) !== builtIn) return;
        this.#builtIns.delete(connection.name);
        this.#states.delete(connection.name);
        this.#read();
        this.#changed.fire();
      },
    };
  }

  /** Says whether a built-in connection gets nothing new for now; what it keeps can be asked for all the same. */
  setStopped(name: string, isStopped: boolean): void {
    if (this.#stopped.has(name) === isStopped) return;
    if (isStopped) this.#stopped.add(name);
    else this.#stopped.delete(name);
    this.#changed.fire();
  }

  /**
   * The source of the connection of this name as it is now: a caller may still hold one from before an edit. Throws a UserError
   * of code "closed" when there is none of this name any more.
   */
  source({ name }: Connection): TraceSource {
    const connection = this.named(name);
    if (connection === undefined)
      throw new UserError(`The connection "${name}" has been removed.`, { code: "closed" });
    const known = this.#builtIns.get(connection.name)?.source ?? this.#sources.get(connection.name);
    if (known !== undefined) return known;
    const source = this.probe(connection);
    this.#sources.set(connection.name, source);
    return source;
  }

  /** A source of its own for a connection that may not be in the settings: dispose it after use. */
  probe(connection: Connection): TraceSource {
    const backend = backendOf(connection.kind);
    if (backend === undefined) throw new UserError(`Traceline knows no backend "${connection.kind}".`);
    const io = guardedIo(this.#io, connection, this.#weakTls(connection), this.#consents);
    return backend.connect(connection, io);
  }

  /** What a backend needs of the world, for questions that no connection asks yet. */
  get io(): BackendIo {
    return this.#io;
  }

  stateOf(connection: Connection): ConnectionState {
    const state = this.#answerOf(connection);
    const isStopped = this.isBuiltIn(connection) && this.#stopped.has(connection.name);
    return isStopped && state.state !== "failed" ? stopped : state;
  }

  /** Whether it waits for a secret, so that nothing is to be asked of it in the background. */
  isRefused(connection: Connection): boolean {
    return this.stateOf(connection).refused;
  }

  /** Runs `task` on the connection's source and remembers whether the backend answered. */
  async use<T>(connection: Connection, task: (source: TraceSource) => Promise<T>): Promise<T> {
    try {
      if (this.#answerOf(connection) === notAsked) this.#setState(connection, checking);
      const result = await task(this.source(connection));
      this.#setState(connection, answered);
      return result;
    } catch (error) {
      // What was asked before the connection was edited says nothing of it as it is now.
      if (error instanceof UserError && error.code !== "closed") this.#failed(connection, error);
      else if (this.#answerOf(connection) === checking) this.#setState(connection, notAsked);
      throw error;
    }
  }

  /** Remembers that a source which was not asked by `use` wants a secret; every other error is passed over. */
  noteRefusal(connection: Connection, error: unknown): void {
    if (error instanceof UserError && stateAfter(error).refused) this.#failed(connection, error);
  }

  /** Asks a backend whether it is what it is said to be; answers its own words. */
  async test(connection: Connection, signal: AbortSignal): Promise<string> {
    if (this.named(connection.name) !== undefined)
      return this.use(connection, (source) => source.test(signal));
    const source = this.probe(connection);
    try {
      return await source.test(signal);
    } finally {
      source.dispose();
    }
  }

  /** Lets a connection that was refused be asked again. */
  retry(connection: Connection): void {
    if (this.stateOf(connection).refused) this.#states.delete(connection.name);
    this.#changed.fire();
    this.#retried.fire(connection);
  }

  /** Whether the person has said that their secrets are not to go over this connection of the workspace. */
  isDeclined(connection: Connection): boolean {
    return this.#consents.answerTo(this.#weakTls(connection)) === false;
  }

  /** Remembers for the workspace whether their secrets may go over a connection that it weakens. */
  async consent(connection: Connection, isAllowed: boolean): Promise<void> {
    await this.#consents.answer(this.#weakTls(connection), isAllowed);
    if (isAllowed) this.#retryAt(new URL(connection.url).origin);
  }

  /** Adds to the settings of that place, under a name that is free, and makes it active. */
  async add(connection: Connection, place: Place = "user"): Promise<Connection> {
    const taken = new Set(this.#list.map(({ name }) => name));
    const added = { ...connection, name: freeName(connection.name, taken) };
    // Who adds a connection has chosen what it trusts.
    if (place === "workspace") await this.#consents.answer(weakTlsOf(added), true);
    await saveConnection(added, place);
    await this.activate(added.name);
    return added;
  }

  /** Changes a connection of the settings where it stands. */
  async change(connection: Connection, change: ConnectionChange): Promise<void> {
    const saved = this.savedOf(connection);
    if (saved !== undefined) await changeSaved(saved, change);
  }

  async remove(connection: Connection): Promise<void> {
    const saved = this.savedOf(connection);
    if (saved !== undefined) await removeSaved(saved);
  }

  /** Shows a connection of the settings where it stands. */
  async edit(connection: Connection): Promise<void> {
    const saved = this.savedOf(connection);
    if (saved !== undefined) await openSaved(saved);
  }

  dispose(): void {
    for (const watch of this.#watches) watch.dispose();
    for (const source of this.#sources.values()) source.dispose();
    for (const emitter of [this.#changed, this.#refused, this.#retried]) emitter.dispose();
  }

  /** Of the very connection that stands in the workspace's settings: one that is being added is the person's own. */
  #weakTls(connection: Connection): WeakTls | undefined {
    const saved = this.#saved[this.#list.indexOf(connection)];
    return saved?.place === "workspace" ? weakTlsOf(connection) : undefined;
  }

  #answerOf({ name }: Connection): ConnectionState {
    return this.#states.get(name) ?? notAsked;
  }

  #failed(connection: Connection, error: UserError): void {
    const state = stateAfter(error);
    if (state.refused) setConnectionRefusing(error, connection);
    this.#setState(connection, state);
    if (state.refused) this.#refused.fire({ connection, error });
  }

  #setState(connection: Connection, state: ConnectionState): void {
    const { name } = connection;
    if (this.named(name) === undefined || isDeepStrictEqual(this.#answerOf(connection), state)) return;
    this.#states.set(name, state);
    this.#changed.fire();
  }

  /** A secret of this origin, or of any, has changed: those that were refused for it may be asked again. */
  #retryAt(origin: string | undefined): void {
    for (const connection of this.#list) {
      if (this.isBuiltIn(connection) || !this.isRefused(connection)) continue;
      if (origin === undefined || new URL(connection.url).origin === origin) this.retry(connection);
    }
  }

  #read(): void {
    const { connections, problems } = savedConnections();
    const before = { list: this.#list, saved: this.#saved };
    const listed = listedConnections(connections, this.#builtIns.keys(), before);
    const unchanged = new Set<Connection>(listed);
    for (const { name } of this.#list.filter((connection) => !unchanged.has(connection))) {
      this.#sources.get(name)?.dispose();
      this.#sources.delete(name);
      if (!this.#builtIns.has(name)) this.#states.delete(name);
    }
    this.#saved = connections;
    this.#list = [...listed, ...[...this.#builtIns.values()].map(({ connection }) => connection)];
    this.#problems = problems;
    void vscode.commands.executeCommand("setContext", "traceline.hasConnection", connections.length > 0);
  }
}

const activeKey = "traceline.activeConnection";
