import { Emitter } from "../../base/event.ts";
import type { Hotspot, HotspotCall } from "../../model/hotspot.ts";
import { mergeHotspots, placeKey } from "../../model/hotspots.ts";
import {
  type HintThresholds,
  hintsForFile,
  type LineHint,
  type ResolvedHotspot,
} from "../../source/hints.ts";
import type { TraceAddress } from "../address.ts";
import type { SourceFinder } from "../sourceFinder.ts";

/** What one place in the code took, over the traces of one origin, and which calls have been counted. */
interface Spot {
  hotspot: Hotspot;
  readonly counted: Set<string>;
}

/** Places looked up for one origin, those with the most time first. */
const placesFound = 400;
/** Of them, those that name no file: each may have to search the workspace's text. */
const placesSearched = 40;

/** Beyond this many traces an origin begins anew with the next one. */
const tracesKept = 2_000;

/**
 * Latencies by line from the traces opened and seen: what spans say of their code is resolved to lines in the background,
 * once a place, and what an editor asks is answered from that.
 */
export class HintStore {
  readonly #finder: SourceFinder;
  readonly #changed = new Emitter<void>();
  /** By origin (a connection's name, or "" for files), then by place. */
  readonly #origins = new Map<string, Map<string, Spot>>();
  readonly #addresses = new Map<string, TraceAddress>();
  readonly #places = new Map<string, Omit<ResolvedHotspot, "hotspot"> | undefined>();
  #byFile: Map<string, ResolvedHotspot[]> | undefined;
  #active = "";
  #resolving: AbortController | undefined;
  readonly onChange = this.#changed.event;

  constructor(finder: SourceFinder) {
    this.#finder = finder;
  }

  /** Adds what traces took; calls that were counted before are not counted again. */
  add(origin: string, hotspots: readonly Hotspot[], addressOf: (traceId: string) => TraceAddress): void {
    if (this.#addresses.size > tracesKept) this.clear();
    let spots = this.#origins.get(origin);
    if (spots === undefined) {
      spots = new Map();
      this.#origins.set(origin, spots);
    }
    let isNew = false;
    for (const hotspot of hotspots) {
      const key = placeKey(hotspot.place);
      let spot = spots.get(key);
      if (spot === undefined) {
        spot = { hotspot: { ...hotspot, calls: [], count: 0, errors: 0 }, counted: new Set() };
        spots.set(key, spot);
      }
      const fresh = hotspot.calls.filter((call) => !spot.counted.has(callKey(call)));
      if (fresh.length === 0) continue;
      isNew = true;
      for (const call of fresh) {
        spot.counted.add(callKey(call));
        if (!this.#addresses.has(call.traceId)) this.#addresses.set(call.traceId, addressOf(call.traceId));
      }
      const again = hotspot.calls.length - fresh.length;
      const errorsAgain = errorsIn(hotspot.calls) - errorsIn(fresh);
      const added = {
        ...hotspot,
        calls: fresh,
        count: hotspot.count - again,
        errors: hotspot.errors - errorsAgain,
      };
      [spot.hotspot] = mergeHotspots([spot.hotspot], [added]);
    }
    if (isNew) this.#refresh();
  }

  /** Shows the hints of this connection, and those of files. */
  activate(origin: string): void {
    if (this.#active === origin) return;
    this.#active = origin;
    this.#refresh();
  }

  addressOf(traceId: string): TraceAddress | undefined {
    return this.#addresses.get(traceId);
  }

  /** The hints of a known file, at the lines the traces name. */
  hints(file: string, thresholds: HintThresholds): LineHint[] {
    const resolved = this.#byFile?.get(file);
    return resolved === undefined ? [] : hintsForFile(file, resolved, thresholds);
  }

  /** Whether there is anything to show at all. */
  get isEmpty(): boolean {
    return (this.#byFile?.size ?? 0) === 0;
  }

  /** Looks all places up anew: files or mappings have changed. */
  forgetPlaces(): void {
    this.#places.clear();
    this.#refresh();
  }

  clear(): void {
    this.#origins.clear();
    this.#addresses.clear();
    this.#refresh();
  }

  dispose(): void {
    this.#resolving?.abort();
    this.#changed.dispose();
  }

  #refresh(): void {
    this.#resolving?.abort();
    const controller = new AbortController();
    this.#resolving = controller;
    this.#resolve(controller.signal).catch(() => {});
  }

  async #resolve(signal: AbortSignal): Promise<void> {
    const byFile = new Map<string, ResolvedHotspot[]>();
    for (const origin of new Set([this.#active, ""])) {
      let found = 0;
      let searched = 0;
      for (const [key, { hotspot }] of this.#origins.get(origin) ?? []) {
        if (found++ === placesFound) break;
        if (hotspot.place.file === "" && searched++ >= placesSearched) continue;
        if (!this.#places.has(key)) {
          const { location, confidence } = await this.#finder.findPlace(hotspot.place, signal);
          const isShown =
            location !== undefined && location.line > 0 && confidence !== "guess" && confidence !== "none";
          this.#places.set(key, isShown ? { location, confidence } : undefined);
        }
        signal.throwIfAborted();
        const place = this.#places.get(key);
        if (place === undefined) continue;
        const known = byFile.get(place.location.file);
        if (known === undefined) byFile.set(place.location.file, [{ ...place, hotspot }]);
        else known.push({ ...place, hotspot });
      }
    }
    this.#byFile = byFile;
    this.#changed.fire();
  }
}

function callKey(call: HotspotCall): string {
  return `${call.traceId}${call.spanId}`;
}

function errorsIn(calls: readonly HotspotCall[]): number {
  return calls.reduce((sum, call) => sum + Number(call.error), 0);
}
