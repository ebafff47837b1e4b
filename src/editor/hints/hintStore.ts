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
import { freshCalls } from "./freshCalls.ts";
import { type FileAnswer, WholeAnswers } from "./wholeAnswers.ts";

/** What one place in the code took, over the traces of one origin, and which calls have been counted. */
interface Spot {
  hotspot: Hotspot;
  readonly counted: Set<string>;
  /** ns of all calls: the order in which places are looked up. */
  total: number;
}

type Place = Omit<ResolvedHotspot, "hotspot">;

/** Places looked up for one origin, those with the most time first. */
const placesFound = 400;
/** Look-ups at a time of places that name no file: each may have to search the workspace's text. */
const placesSearched = 40;
/** Traces whose address is kept, to be opened from a hint. */
const addressesKept = 20_000;

/**
 * Latencies by line from the traces opened and seen: what spans say of their code is resolved to lines in the background,
 * once a place, and what an editor asks is answered from that.
 */
export class HintStore {
  readonly #finder: SourceFinder;
  readonly #onDefect: (error: unknown) => void;
  readonly #changed = new Emitter<void>();
  /** By origin (a connection's name, or "" for files), then by place. */
  readonly #origins = new Map<string, Map<string, Spot>>();
  /** What backends computed over all they keep. */
  readonly #whole = new Map<string, WholeAnswers>();
  /** Origins that were expected to compute it and cannot: what is seen of them is known to be a sample. */
  readonly #sampled = new Set<string>();
  readonly #addresses = new Map<string, TraceAddress>();
  readonly #places = new Map<string, Place | undefined>();
  /** Look-ups under way: a refresh goes on with them, else traces that keep coming would let none come to its end. */
  readonly #finding = new Map<string, Promise<Place | undefined>>();
  #lookups = new AbortController();
  #byFile: ReadonlyMap<string, readonly ResolvedHotspot[]> = new Map();
  /** Answers given since the last change, by file, thresholds and the last save that moved lines. */
  readonly #answers = new Map<string, LineHint[]>();
  #active = "";
  #resolving: AbortController | undefined;
  readonly onChange = this.#changed.event;

  constructor(finder: SourceFinder, onDefect: (error: unknown) => void = () => {}) {
    this.#finder = finder;
    this.#onDefect = onDefect;
  }

  /** Adds what traces took; calls that were counted before are not counted again. */
  add(origin: string, hotspots: readonly Hotspot[], addressOf: (traceId: string) => TraceAddress): void {
    let spots = this.#origins.get(origin);
    if (spots === undefined) {
      spots = new Map();
      this.#origins.set(origin, spots);
    }
    let isNew = false;
    for (const hotspot of hotspots) {
      if (namesNoCode(hotspot)) continue;
      const key = placeKey(hotspot.place);
      const spot = spots.get(key) ?? { hotspot: emptyOf(hotspot), counted: new Set<string>(), total: 0 };
      spots.set(key, spot);
      const fresh = freshCalls(hotspot, spot.counted);
      if (fresh === undefined) continue;
      isNew = true;
      for (const call of fresh.calls) {
        this.#keep(call, addressOf);
        spot.total += call.duration;
      }
      [spot.hotspot] = mergeHotspots([spot.hotspot], [fresh]);
    }
    if (isNew) this.#refresh();
  }

  /**
   * Sets what a backend computed for a file: the whole truth for the lines it names, until the next answer. One that was
   * asked only of the time since a save replaces those of before where it names anything.
   */
  setWhole(
    origin: string,
    file: string,
    answer: FileAnswer,
    addressOf: (traceId: string) => TraceAddress,
  ): void {
    const whole = this.#whole.get(origin) ?? new WholeAnswers();
    this.#whole.set(origin, whole);
    const isNew = whole.set(file, answer);
    if (!this.#sampled.delete(origin) && !isNew) return;
    for (const { calls } of answer.hotspots) for (const call of calls) this.#keep(call, addressOf);
    this.#refresh();
  }

  /** The origin cannot compute them after all: its hints are those of the traces seen, and marked as a sample. */
  fallBack(origin: string): void {
    if (this.#sampled.has(origin)) return;
    this.#sampled.add(origin);
    this.#whole.delete(origin);
    this.#refresh();
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

  /**
   * The hints of a known file, at the lines the traces name: worked out once, whoever asks. `starts`: Unix ms, when the file
   * was saved with other lines than before.
   */
  hints(file: string, thresholds: HintThresholds, starts: readonly number[] = []): readonly LineHint[] {
    const resolved = this.#byFile.get(file);
    if (resolved === undefined) return [];
    const key = `${file}\n${thresholds.minCalls}\n${thresholds.minLatencyMs}\n${starts.at(-1) ?? 0}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const hints = hintsForFile(file, resolved, thresholds, starts);
    this.#answers.set(key, hints);
    return hints;
  }

  /** Looks all places up anew: files or mappings have changed. */
  forgetPlaces(): void {
    this.#lookups.abort();
    this.#lookups = new AbortController();
    this.#finding.clear();
    this.#places.clear();
    this.#refresh();
  }

  /** Takes away what is known of an origin: it keeps none of it any more. */
  forget(origin: string): void {
    this.#origins.delete(origin);
    this.#whole.delete(origin);
    this.#refresh();
  }

  clear(): void {
    this.#origins.clear();
    this.#whole.clear();
    this.#addresses.clear();
    this.#refresh();
  }

  dispose(): void {
    this.#resolving?.abort();
    this.#lookups.abort();
    this.#changed.dispose();
  }

  #keep(call: HotspotCall, addressOf: (traceId: string) => TraceAddress): void {
    if (this.#addresses.has(call.traceId)) return;
    this.#addresses.set(call.traceId, addressOf(call.traceId));
    if (this.#addresses.size <= addressesKept) return;
    for (const oldest of this.#addresses.keys()) {
      this.#addresses.delete(oldest);
      break;
    }
  }

  #refresh(): void {
    this.#resolving?.abort();
    const controller = new AbortController();
    this.#resolving = controller;
    this.#resolve(controller.signal).catch((error) => {
      if (!controller.signal.aborted) this.#onDefect(error);
    });
  }

  async #resolve(signal: AbortSignal): Promise<void> {
    const byFile = new Map<string, ResolvedHotspot[]>();
    let searched = 0;
    for (const shown of this.#shown()) {
      const { hotspot } = shown;
      const key = placeKey(hotspot.place);
      if (!this.#places.has(key)) {
        if (hotspot.place.file === "" && searched++ >= placesSearched) continue;
        await this.#lookUp(key, hotspot);
      }
      signal.throwIfAborted();
      const place = this.#places.get(key);
      if (place === undefined) continue;
      const known = byFile.get(place.location.file);
      if (known === undefined) byFile.set(place.location.file, [{ ...place, ...shown }]);
      else known.push({ ...place, ...shown });
    }
    this.#byFile = byFile;
    this.#answers.clear();
    this.#changed.fire();
  }

  /** The hotspots of the active connection and of files, each origin's in the order in which they are looked up. */
  #shown(): Pick<ResolvedHotspot, "hotspot" | "isWhole" | "askedMs">[] {
    return [...new Set([this.#active, ""])].flatMap((origin) => {
      const whole = wholeOf(this.#whole.get(origin)?.newestFirst() ?? []);
      const isSampled = this.#sampled.has(origin);
      const seen = [...(this.#origins.get(origin)?.values() ?? [])].sort((a, b) => b.total - a.total);
      // What names a file is found at once, and is not to wait for what has to be searched for.
      const [named, filed] = [true, false].map((isNamed) =>
        whole.filter(({ hotspot }) => (hotspot.place.file === "") === isNamed).slice(0, placesFound),
      );
      return [
        ...[...filed, ...named].map((one) => ({ ...one, isWhole: true })),
        ...seen.slice(0, placesFound).map(({ hotspot }) => ({
          hotspot: isSampled ? { ...hotspot, sampled: true } : hotspot,
          isWhole: false,
        })),
      ];
    });
  }

  async #lookUp(key: string, hotspot: Hotspot): Promise<void> {
    const { signal } = this.#lookups;
    const finding = this.#finding.get(key) ?? this.#find(hotspot, signal);
    this.#finding.set(key, finding);
    try {
      const place = await finding;
      if (!signal.aborted) this.#places.set(key, place);
    } finally {
      if (this.#finding.get(key) === finding) this.#finding.delete(key);
    }
  }

  /** A place that is only guessed is none: a wrong line is worse than no hint. */
  async #find(hotspot: Hotspot, signal: AbortSignal): Promise<Place | undefined> {
    const askedMs = Date.now();
    const { location, confidence, mapped } = await this.#finder.findPlace(hotspot.place, signal);
    if (location === undefined || location.line <= 0) return undefined;
    if (confidence === "guess" || confidence === "none") return undefined;
    // Calls are counted by lines: those of minified code are of many lines of its source.
    if (mapped?.isMinified === true) return undefined;
    if (mapped?.writtenMs !== undefined) return { location, confidence, mappedMs: mapped.writtenMs };
    return { location, confidence, ...(location.line === hotspot.place.line ? {} : { foundMs: askedMs }) };
  }
}

function namesNoCode({ place }: Hotspot): boolean {
  return place.file === "" && place.function === "" && place.route === "";
}

/** Answers for files of the same name hold the same places: the first answer that names one counts. */
function wholeOf(answers: readonly FileAnswer[]): { hotspot: Hotspot; askedMs: number }[] {
  const taken = new Set<string>();
  return answers.flatMap(({ hotspots, askedMs }) => {
    const fresh = hotspots.filter((one) => !namesNoCode(one) && !taken.has(placeKey(one.place)));
    for (const { place } of fresh) taken.add(placeKey(place));
    return fresh.map((hotspot) => ({ hotspot, askedMs }));
  });
}

function emptyOf(hotspot: Hotspot): Hotspot {
  return { ...hotspot, calls: [], count: 0, errors: 0, weight: 0 };
}
