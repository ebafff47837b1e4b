import { UserError } from "../../base/userError.ts";
import { type OtlpLogs, readLogs } from "../../formats/otlpLogs.ts";
import type { Hotspot } from "../../model/hotspot.ts";
import type { TraceSummary } from "../../model/summary.ts";
import type { HotspotQuery, TraceQuery } from "../backend.ts";
import { ChangeWatch } from "./changeWatch.ts";
import { deleteKept } from "./deleteKept.ts";
import { exportTraces } from "./exportTraces.ts";
import { LeaseKeeper } from "./leaseKeeper.ts";
import { requestPin, storedId, takePinRequests } from "./pinRequests.ts";
import { PortUnavailable } from "./receiver/portUnavailable.ts";
import type { Receiver, ReceiverEvent } from "./receiver/receiverOptions.ts";
import type { Station, StationListener, StationOptions, StationState } from "./station.ts";
import { addressesOf, startStationReceiver } from "./stationReceiver.ts";
import { FenceLost } from "./store/fenceLost.ts";
import { openReader, openWriter, type StoreAides, type StoreWriting } from "./store/openStore.ts";
import type { StoreSize, TraceReading } from "./traceStore.ts";

/** How long a request that has begun may take when receiving ends. */
const graceMs = 2000;
/** One that hangs may go on, or end, at any time: until then its port is asked for again and again. */
const heirWaitMs = 2000;
/** How often the window that receives looks for what other windows want pinned. */
const pinsMs = 1000;

/** Told to the person; the others stand in the log. */
const shownEvents: ReadonlySet<ReceiverEvent["kind"]> = new Set(["metricsDropped", "wrongPort", "tls"]);

/**
 * Receiver and store of one window. The window with the lease receives and writes; the others read beside it and take over
 * when it is gone. Nothing is opened before it is asked for.
 */
export class ReceivingStation implements Station {
  readonly #folder: string;
  readonly #listener: StationListener;
  readonly #changes: ChangeWatch;
  readonly #aides: StoreAides;
  #reader: TraceReading | undefined;
  #writer: StoreWriting | undefined;
  #receiver: Receiver | undefined;
  #lease: LeaseKeeper | undefined;
  #options: StationOptions | undefined;
  #state: StationState = { role: "off" };
  #waiting: NodeJS.Timeout | undefined;
  #pins: NodeJS.Timeout | undefined;
  #exporting: { readonly controller: AbortController; readonly done: Promise<unknown> } | undefined;
  /** Starting, stopping and taking over come one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, listener: StationListener, aides: StoreAides = {}) {
    this.#folder = folder;
    this.#listener = listener;
    this.#changes = new ChangeWatch(listener);
    this.#aides = aides;
  }

  start(options: StationOptions): Promise<StationState> {
    return this.#inTurn(async () => {
      await this.#end();
      this.#options = options;
      await this.#begin(false);
      return this.#state;
    });
  }

  stop(): Promise<StationState> {
    return this.#inTurn(async () => {
      await this.#end();
      this.#setState({ role: "off" });
      return this.#state;
    });
  }

  async pin(traceId: string, pinned: boolean): Promise<void> {
    try {
      if (this.#writer !== undefined) return this.#writer.pin(storedId(traceId), pinned);
    } catch {
      // A fault of the store, which it tells itself: it is done once that is over.
    }
    requestPin(this.#folder, traceId, pinned);
  }

  deleteAll(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#writer !== undefined) await this.#writer.deleteAll();
      else await deleteKept(this.#folder, (text) => this.#listener.notice(text));
    });
  }

  async exportTo(path: string, traceIds: readonly string[] | undefined): Promise<number> {
    const before = this.#exporting;
    before?.controller.abort();
    const controller = new AbortController();
    const told = (count: number) => this.#listener.exported(count);
    const written = async () => {
      // The one before may be of the same file, and removes what it wrote.
      await before?.done.catch(() => {});
      return exportTraces(this.#reading(), path, traceIds, controller.signal, told);
    };
    const done = written();
    this.#exporting = { controller, done };
    return done;
  }

  async cancelExport(): Promise<void> {
    this.#exporting?.controller.abort();
  }

  async close(): Promise<void> {
    this.#exporting?.controller.abort();
    await this.stop();
    // Its thread ends with this: what it wrote is removed before.
    await this.#exporting?.done.catch(() => {});
    this.#reader?.close();
    this.#reader = undefined;
    this.#aides.checkpointer?.end();
    this.#aides.indexer?.end();
  }

  async services(): Promise<readonly string[]> {
    return this.#reading().services();
  }

  async operations(service: string): Promise<readonly string[]> {
    return this.#reading().operations(service);
  }

  async attributeKeys(): Promise<readonly string[]> {
    return this.#reading().attributeKeys();
  }

  async search(query: TraceQuery): Promise<{ summaries: readonly TraceSummary[]; limited: boolean }> {
    return this.#reading().search(query);
  }

  async summary(traceId: string): Promise<TraceSummary | undefined> {
    return this.#reading().summary(traceId);
  }

  async known(traceIds: readonly string[]): Promise<readonly string[]> {
    return this.#reading().known(traceIds);
  }

  async spans(traceId: string): Promise<Uint8Array | undefined> {
    return this.#reading().spans(traceId);
  }

  async logs(traceId: string, epoch: bigint): Promise<OtlpLogs> {
    const bytes = this.#reading().logs(traceId);
    return bytes.length === 0 ? { records: [], omitted: 0 } : readLogs(bytes, epoch);
  }

  async hotspots(query: HotspotQuery): Promise<readonly Hotspot[]> {
    return this.#reading().hotspots(query);
  }

  async size(): Promise<StoreSize> {
    return this.#reading().size();
  }

  #reading(): TraceReading {
    this.#reader ??= openReader(this.#folder);
    return this.#reader;
  }

  /** Receives or reads. An heir has seen another window receive, whose port may be free again at any time. */
  async #begin(isHeir: boolean): Promise<void> {
    // What was told before a stop is not done after it.
    const inTurn = (task: () => Promise<void>): void =>
      void this.#inTurn(async () => {
        if (this.#lease === lease) await task();
      }).catch((error) => this.#failed(error));
    const lease = new LeaseKeeper(this.#folder, {
      gained: (token) => inTurn(() => this.#receive(token, true)),
      lost: (holder) => inTurn(() => this.#yield(holder)),
      held: (holder) => inTurn(() => this.#name(holder)),
      notice: (text) => this.#listener.notice(text),
    });
    this.#lease = lease;
    let begun: ReturnType<LeaseKeeper["begin"]>;
    try {
      begun = lease.begin();
    } catch (error) {
      await this.#end();
      this.#failed(error);
      return;
    }
    if (begun.token !== undefined) await this.#receive(begun.token, isHeir, begun.isHeir);
    else this.#read(begun.holder);
  }

  /** `isAfter`: whoever had the ports has just ended. */
  async #receive(token: string, isHeir: boolean, isAfter = isHeir): Promise<void> {
    const options = this.#options;
    if (options === undefined) return;
    try {
      this.#writer = openWriter(this.#folder, {
        fence: token,
        limits: options.limits,
        onNotice: (text) => this.#listener.notice(text),
        onLost: () => void this.#lease?.fenced(),
        ...this.#aides,
      });
      this.#pinsAsked(this.#writer);
      const heard = (event: ReceiverEvent) => this.#heard(event);
      this.#receiver = await startStationReceiver(options, this.#writer, heard, isHeir || isAfter);
    } catch (error) {
      if (error instanceof FenceLost) {
        // The lease was lost again before its turn came: the window goes on as a reader, and waits for it.
        this.#read(this.#lease?.fenced());
        return;
      }
      await this.#end();
      const isWaiting = isHeir && error instanceof PortUnavailable;
      this.#failed(error, isWaiting ? " Receiving goes on here as soon as it is free." : "");
      if (isWaiting) this.#beginAgain();
      return;
    }
    const at = addressesOf(this.#receiver);
    this.#lease?.say(at);
    this.#setState({ role: "receiving", at });
    this.#changes.begin(this.#reading());
  }

  /** What was to be pinned while nobody received, and what other windows want pinned from now on. */
  #pinsAsked(writer: StoreWriting): void {
    const take = () => takePinRequests(this.#folder, (traceId, pinned) => writer.pin(traceId, pinned));
    take();
    this.#pins = setInterval(take, pinsMs);
  }

  #beginAgain(): void {
    const waiting = setTimeout(() => {
      const begin = async () => {
        if (this.#waiting === waiting) await this.#begin(true);
      };
      this.#inTurn(begin).catch((error) => this.#failed(error));
    }, heirWaitMs);
    this.#waiting = waiting;
  }

  #heard({ kind, message }: ReceiverEvent): void {
    if (shownEvents.has(kind)) this.#listener.notice(message);
    else this.#listener.log(message);
  }

  #read(holder: string | undefined): void {
    const { pid, at } = LeaseKeeper.said(holder);
    this.#setState({ role: "reading", at, process: pid });
    this.#changes.begin(this.#reading());
  }

  /** The window that receives is another one, or at another address. */
  async #name(holder: string): Promise<void> {
    const { pid, at } = LeaseKeeper.said(holder);
    if (this.#state.role === "reading") this.#setState({ role: "reading", at, process: pid });
  }

  /** Another window has taken the lease while this one did not answer: it goes on as a reader. */
  async #yield(holder: string | undefined): Promise<void> {
    await this.#closeReceiving();
    this.#read(holder);
  }

  async #closeReceiving(): Promise<void> {
    const receiver = this.#receiver;
    const writer = this.#writer;
    this.#receiver = undefined;
    this.#writer = undefined;
    clearInterval(this.#pins);
    await receiver?.stop(graceMs);
    await writer?.close();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#changes.end();
    const lease = this.#lease;
    this.#lease = undefined;
    await this.#closeReceiving();
    lease?.end();
  }

  #failed(error: unknown, further = ""): void {
    if (!(error instanceof UserError))
      this.#listener.log(error instanceof Error ? (error.stack ?? "") : String(error));
    this.#setState({
      role: "failed",
      reason: (error instanceof Error ? error.message : "Receiving failed.") + further,
      port: error instanceof PortUnavailable ? error.port : undefined,
    });
  }

  #setState(state: StationState): void {
    this.#state = state;
    this.#listener.stateChanged(state);
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#last.then(task, task);
    this.#last = next.catch(() => {});
    return next;
  }
}
