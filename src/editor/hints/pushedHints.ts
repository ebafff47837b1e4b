import * as vscode from "vscode";
import type { TraceSource } from "../../backends/backend.ts";
import { UserError } from "../../base/userError.ts";
import type { Connections } from "../connections.ts";
import type { Log } from "../log.ts";
import { setting } from "../settings.ts";
import { spanOfTime } from "../spanOfTime.ts";
import { fileIdOf, type WorkspaceFiles } from "../workspaceFiles.ts";
import type { HintStore } from "./hintStore.ts";
import { HotspotAsker, type ShownFile } from "./hotspotAsker.ts";
import type { SavedTexts } from "./savedTexts.ts";
import type { FileAnswer } from "./wholeAnswers.ts";

/** How long after the start the first files are asked for, ms. */
const afterStart = 2000;

/** How often the answers of a source that tells of traces as they arrive are asked for again, ms. */
const receivedEvery = 2000;

/** What is asked for beside the files in view: code that spans name without a file, and which may stand in any of them. */
const named: ShownFile = { file: "", tail: "" };

/**
 * Asks the active connection, where it can tell latencies by line, for those of the documents in view, and for those of code
 * that has only a name, where it can tell these. Never while
 * somebody types: only what comes into view, a saved file, a window that comes to the front, the passing of a minute and a
 * trace that has arrived ask.
 */
export function pushedHints(
  connections: Connections,
  store: HintStore,
  files: WorkspaceFiles,
  texts: SavedTexts,
  log: Log,
): vscode.Disposable {
  const asker = new HotspotAsker<FileAnswer>({
    now: Date.now,
    isWatched: () => vscode.window.state.focused,
    async ask(origin, { file, tail: fileTail, built = [] }, signal) {
      const connection = connections.named(origin);
      const source = connection && connections.source(connection);
      const toMs = Date.now();
      // What was measured before lines moved is of other lines.
      const sinceMs = texts.since(file);
      if (source?.hotspots === undefined) return { hotspots: [], askedMs: toMs, sinceMs };
      const fromMs = Math.max(toMs - spanOfTime(setting("recent.lookback")), sinceMs);
      const asked = [{ tail: fileTail, lines: undefined }, ...built].map(async ({ tail, lines }) => {
        const found = (await source.hotspots?.({ fileTail: tail, fromMs, toMs }, signal)) ?? [];
        return lines === undefined ? found : found.filter(({ place }) => lines.has(place.line));
      });
      const hotspots = (await Promise.all(asked)).flat();
      return { hotspots, askedMs: toMs, sinceMs };
    },
    answered: (origin, file, answer) =>
      store.setWhole(origin, file, answer, (traceId) => ({
        kind: "connection",
        connection: origin,
        traceId,
      })),
    failed(origin, file, error) {
      const connection = connections.named(origin);
      if (connection !== undefined) connections.noteRefusal(connection, error);
      log.info(
        `Latencies of ${file || "routes and functions"} from ${origin}: ${error instanceof Error ? error.message : error}`,
      );
      if (!(error instanceof UserError) || error.code !== "unsupported") return true;
      store.fallBack(origin);
      return false;
    },
  });

  const arrivals = watchArrivals(() => asker.expire());
  let turn = 0;
  const look = async () => {
    const mine = ++turn;
    const origin = originAsked(connections);
    const source = origin === "" ? undefined : connections.source(connections.active!);
    arrivals.of(source);
    const documents = origin === "" || !setting("hints.enabled") ? [] : documentsInView();
    const shown = await Promise.all(documents.map((document) => shownFile(document, files)));
    if (shown.length > 0 && source?.can.latencyByName === true) shown.push(named);
    if (mine === turn) asker.show(origin, shown);
  };
  const lookAgain = () =>
    void look().catch((error) => log.error("The files in view could not be read", error));
  /** Connections as they were asked: the same name may be another server by now. */
  const known = new Map<string, string>();
  let active: unknown;
  let wasAsked = "";
  // The start itself asks nobody.
  const begin = setTimeout(lookAgain, afterStart);
  return vscode.Disposable.from(
    asker,
    arrivals,
    { dispose: () => clearTimeout(begin) },
    connections.onChange(() => {
      const isAsked = originAsked(connections);
      if (connections.active === active && isAsked === wasAsked) return;
      active = connections.active;
      wasAsked = isAsked;
      const now = JSON.stringify(active);
      const name = connections.active?.name ?? "";
      if (known.has(name) && known.get(name) !== now) asker.forget();
      known.set(name, now);
      lookAgain();
    }),
    vscode.window.onDidChangeVisibleTextEditors(lookAgain),
    vscode.window.onDidChangeWindowState(lookAgain),
    vscode.workspace.onDidSaveTextDocument(lookAgain),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("traceline.recent.lookback")) asker.forget();
      if (event.affectsConfiguration("traceline.hints.enabled")) lookAgain();
    }),
  );
}

/** Hears of one source at a time that traces have arrived, and tells it at most every two seconds. */
function watchArrivals(
  arrived: () => void,
): vscode.Disposable & { of(source: TraceSource | undefined): void } {
  let watched: TraceSource | undefined;
  let watch: { dispose(): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    watch?.dispose();
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    of(source) {
      if (source === watched) return;
      stop();
      watched = source;
      watch = source?.received?.(() => {
        timer ??= setTimeout(() => {
          timer = undefined;
          arrived();
        }, receivedEvery);
      });
    },
    dispose: stop,
  };
}

function originAsked(connections: Connections): string {
  const { active } = connections;
  if (active === undefined || connections.isRefused(active)) return "";
  return connections.source(active).can.latencyByLine === true ? active.name : "";
}

function documentsInView(): vscode.TextDocument[] {
  const documents = vscode.window.visibleTextEditors.map(({ document }) => document);
  return [...new Set(documents)].filter(
    ({ uri }) =>
      !uri.path.startsWith("extension-output") && vscode.workspace.getWorkspaceFolder(uri) !== undefined,
  );
}

/** A name that several files of the workspace have is asked for with its folder. */
async function shownFile({ uri }: vscode.TextDocument, files: WorkspaceFiles): Promise<ShownFile> {
  const segments = uri.path.split("/");
  const name = segments.at(-1) ?? "";
  const file = fileIdOf(uri);
  const { signal } = new AbortController();
  const same = await files.named(name, signal);
  const tail = same.length > 1 ? segments.slice(-2).join("/") : name;
  // Those that end in the source's own name are asked for with it.
  const built = (await files.builtFrom(file, signal)).filter((one) => !`/${one.tail}`.endsWith(`/${tail}`));
  return { file, tail, built };
}
