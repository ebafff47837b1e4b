import * as vscode from "vscode";
import type { Decode, TraceSource } from "../../backends/backend.ts";
import { receivedSource } from "../../backends/local/receivedSource.ts";
import type {
  Station,
  StationAddresses,
  StationOptions,
  StationState,
} from "../../backends/local/station.ts";
import { Bag } from "../../base/bag.ts";
import { Emitter } from "../../base/event.ts";
import { UserError } from "../../base/userError.ts";
import type { TraceSummary } from "../../model/summary.ts";
import { createLocalThread } from "../../workers/localThread.ts";
import type { Log } from "../log.ts";
import { noLinks } from "../noLinks.ts";
import { onSetting, setting } from "../settings.ts";
import { receivedLimits } from "./receivedLimits.ts";

/** Settings after whose change a running receiver is started again. */
const watched = [
  "receiver.httpPort",
  "receiver.grpcPort",
  "receiver.hosts",
  "receiver.allowedHosts",
  "receiver.allowedOrigins",
  "receiver.maxRequestSize",
  "received.maxSpans",
  "received.maxSize",
  "received.maxAge",
] as const;

/** How long after the last change of a setting the receiver starts again. */
const settleMs = 500;

/**
 * Receives traces in this editor and keeps them. No thread, no port and no file is touched before it is started or something
 * that was kept is asked for.
 */
export class Receiver implements vscode.Disposable {
  readonly #bag = new Bag();
  readonly #log: Log;
  readonly #station: ReturnType<typeof createLocalThread>;
  readonly #changed = this.#bag.add(new Emitter<StationState>());
  readonly #received = this.#bag.add(new Emitter<readonly TraceSummary[]>());
  readonly #exported = this.#bag.add(new Emitter<number>());
  readonly #one = this.#bag.add(new Emitter<TraceSummary>());
  readonly #notRestarted = this.#bag.add(new Emitter<unknown>());
  #state: StationState = { role: "off" };
  #settling: NodeJS.Timeout | undefined;
  /** It was started and not stopped: also while it is still starting. */
  #isWanted = false;
  /** Those it was started at instead of those of the settings. */
  #ports: { readonly http?: number; readonly grpc?: number } = {};
  /** Told once, however often it starts. */
  readonly #raised = new Set<string>();
  readonly onChange = this.#changed.event;
  /** Traces that are new or have grown, at most ten times a second. */
  readonly onReceived = this.#received.event;
  /** Why it could not be started again after a setting has changed. */
  readonly onNotRestarted = this.#notRestarted.event;
  readonly source: TraceSource;

  constructor(workerFile: string, storage: vscode.Uri, decode: Decode, log: Log) {
    this.#log = log;
    this.#station = createLocalThread(workerFile, storage.fsPath, {
      stateChanged: (state) => this.#setState(state),
      tracesChanged: (summaries) => {
        this.#received.fire(summaries);
        for (const summary of summaries) this.#one.fire(summary);
      },
      log: (text) => log.info(text),
      exported: (count) => this.#exported.fire(count),
      notice: (text) => {
        log.info(text);
        void vscode.window.showInformationMessage(noLinks(text));
      },
      defect: (stack) => log.error("The receiving thread failed", new Error(stack)),
    });
    this.source = receivedSource(this.#station, decode, this.#one.event);
    this.#bag.add(
      onSetting(["receiver.httpPort", "receiver.grpcPort"], () => {
        this.#ports = {};
      }),
    );
    this.#bag.add(onSetting(watched, () => this.#settle()));
  }

  get state(): StationState {
    return this.#state;
  }

  /** Whether programs can send to it, or to the window that receives. */
  get isUp(): boolean {
    return this.#state.role === "receiving" || this.#state.role === "reading";
  }

  /** Whether what is kept can be asked without starting anything. */
  get isRunning(): boolean {
    return this.#station.running;
  }

  /** Begins to receive. Rejects with a UserError that says what to do when it cannot. */
  async start(ports: { readonly http?: number; readonly grpc?: number } = {}): Promise<StationState> {
    this.#isWanted = true;
    this.#ports = ports;
    const limits = receivedLimits();
    this.#tellRaised(limits.raised);
    const options = { ...optionsOf(limits), ...portsOf(ports) };
    const state = await this.#station.start(options);
    this.#setState(state);
    if (state.role === "failed") {
      const isPort = state.port !== undefined;
      throw new UserError(
        state.reason,
        isPort ? { action: "openSettings", code: "portTaken" } : { action: "openLog" },
      );
    }
    // Free ports stay the same ones when another setting changes: programs know them.
    if (state.role === "receiving" && (options.httpPort === 0 || options.grpcPort === 0)) {
      this.#ports = { http: Number(new URL(state.at.http).port), grpc: Number(new URL(state.at.grpc).port) };
    }
    return state;
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#setState(await this.#station.stop());
  }

  deleteAll(): Promise<void> {
    return this.#station.deleteAll();
  }

  /** Writes traces to a file, all for undefined; aborting removes what was written. */
  async exportTo(
    path: string,
    traceIds: readonly string[] | undefined,
    signal: AbortSignal,
    onProgress: (count: number) => void,
  ): Promise<number> {
    const hearing = this.#exported.event(onProgress);
    const cancel = () => void this.#station.cancelExport().catch(() => {});
    signal.addEventListener("abort", cancel, { once: true });
    try {
      return await this.#station.exportTo(path, traceIds);
    } finally {
      signal.removeEventListener("abort", cancel);
      hearing.dispose();
    }
  }

  pin(traceId: string, pinned: boolean): Promise<void> {
    return this.#station.pin(traceId, pinned);
  }

  /** Those of the ids that are kept; none when nothing was ever received in this session. */
  known(traceIds: readonly string[]): Promise<readonly string[]> {
    return this.#station.known(traceIds);
  }

  size(): ReturnType<Station["size"]> {
    return this.#station.size();
  }

  /** Finishes what was acknowledged: the editor waits some seconds for it when it closes. */
  async close(): Promise<void> {
    clearTimeout(this.#settling);
    await this.#station.close().catch((error) => this.#log.error("Receiving did not end well", error));
  }

  dispose(): void {
    clearTimeout(this.#settling);
    this.#bag.dispose();
  }

  #settle(): void {
    clearTimeout(this.#settling);
    if (!this.#isWanted) return;
    this.#settling = setTimeout(() => {
      this.start(this.#ports).catch((error) => this.#notRestarted.fire(error));
    }, settleMs);
  }

  #tellRaised(raised: readonly string[]): void {
    for (const text of raised.filter((one) => !this.#raised.has(one))) {
      this.#raised.add(text);
      this.#log.info(text);
      void vscode.window.showWarningMessage(noLinks(text));
    }
  }

  #setState(state: StationState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#log.info(`Receiver: ${stateText(state)}`);
    void vscode.commands.executeCommand("setContext", "traceline.receiving", this.isUp);
    this.#changed.fire(state);
  }
}

/** How receiving stands, in a sentence. */
export function stateText(state: StationState): string {
  switch (state.role) {
    case "off":
      return "Not receiving.";
    case "receiving":
      return `Receiving at ${placesText(state.at)}.`;
    case "reading":
      return `Another window${state.process > 0 ? ` (process ${state.process})` : ""} receives${state.at.http === "" ? "" : ` at ${placesText(state.at)}`}. Its traces are shown here too, and this window goes on when it is closed.`;
    case "failed":
      return state.reason;
  }
}

function placesText({ http, grpc }: StationAddresses): string {
  const places = [http === "" ? "" : `${http} (HTTP)`, grpc === "" ? "" : `${grpc} (gRPC)`];
  return places.filter((place) => place !== "").join(" and ");
}

function optionsOf({
  maxBodyBytes,
  limits,
}: Pick<StationOptions, "maxBodyBytes" | "limits">): StationOptions {
  return {
    httpPort: port("receiver.httpPort"),
    grpcPort: port("receiver.grpcPort"),
    hosts: texts(setting("receiver.hosts")),
    allowedHosts: texts(setting("receiver.allowedHosts")),
    allowedOrigins: texts(setting("receiver.allowedOrigins")),
    apiKey: "",
    maxBodyBytes,
    limits,
  };
}

/** Typed by hand, it may be any number. */
function port(name: "receiver.httpPort" | "receiver.grpcPort"): number {
  const value = setting(name);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new UserError(`The setting traceline.${name} is ${value}, which is no port.`, {
    action: "openSettings",
  });
}

function portsOf({
  http,
  grpc,
}: {
  readonly http?: number;
  readonly grpc?: number;
}): Partial<StationOptions> {
  return {
    ...(http === undefined ? {} : { httpPort: http }),
    ...(grpc === undefined ? {} : { grpcPort: grpc }),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}
