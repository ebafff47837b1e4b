import * as vscode from "vscode";
import type { SpanPlace } from "../model/hotspot.ts";
import type { Trace } from "../model/trace.ts";
import type { Candidate } from "../source/candidate.ts";
import type { Location } from "../source/files.ts";
import { locate, locatePlace } from "../source/locate.ts";
import type { Place } from "../source/place.ts";
import type { Resolution } from "../source/resolution.ts";
import { resolve } from "../source/resolve.ts";
import { frameCandidates } from "../source/stackLinks.ts";
import type { SourceAnswer } from "../wire/protocol.ts";
import { pathMappings } from "./pathMappings.ts";
import { plainLabel } from "./plainLabel.ts";
import { rememberedChoices } from "./rememberedChoices.ts";
import type { WorkspaceFiles } from "./workspaceFiles.ts";

/** Finds the source line of spans in the workspace, and says why when there is none. */
export interface SourceFinder {
  find(trace: Trace, row: number, signal: AbortSignal): Promise<Resolution>;
  /** As `find`, for what a hotspot says of its code; a span's name alone is not looked for. */
  findPlace(place: SpanPlace, signal: AbortSignal): Promise<Resolution>;
  /** As `find`, for a frame of a stack trace. */
  findFrame(frame: Place, service: string, language: string, signal: AbortSignal): Promise<Resolution>;
  answer(resolution: Resolution): SourceAnswer;
  /** The place to open: the one found, the choice taken, or what the person picks among equals; it is remembered. */
  choose(resolution: Resolution, choice: number | undefined): Promise<Location | undefined>;
}

export function sourceFinder(files: WorkspaceFiles, memory: vscode.Memento): SourceFinder {
  const remembered = rememberedChoices(memory);

  async function found(candidates: readonly Candidate[], signal: AbortSignal): Promise<Resolution> {
    if ((vscode.workspace.workspaceFolders ?? []).length === 0) return noFolder;
    return resolve(candidates, files, { mappings: pathMappings(), remembered }, signal);
  }

  function label(location: Location): string {
    return location.line > 0 ? `${files.label(location.file)}:${location.line}` : files.label(location.file);
  }

  return {
    find: (trace, row, signal) => found(locate(trace, row), signal),
    findPlace: (place, signal) =>
      found(
        locatePlace(place).filter((candidate) => candidate.kind !== "name"),
        signal,
      ),
    findFrame: (frame, service, language, signal) => found(frameCandidates(frame, service, language), signal),

    answer(resolution) {
      return {
        label: resolution.location === undefined ? "" : label(resolution.location),
        reason: resolution.reason,
        confidence: resolution.confidence,
        choices: resolution.choices.map((choice) => ({
          label: label(choice.location),
          reason: choice.reason,
        })),
        advice: resolution.advice,
      };
    },

    async choose(resolution, choice) {
      if (resolution.choices.length === 0) return resolution.location;
      const taken = resolution.choices[choice ?? -1]?.location ?? (await pick(resolution, label));
      if (taken !== undefined) remembered.remember(resolution.key, taken);
      return taken;
    },
  };
}

async function pick(
  resolution: Resolution,
  label: (location: Location) => string,
): Promise<Location | undefined> {
  const items = resolution.choices.map((entry) => ({
    label: plainLabel(label(entry.location)),
    description: plainLabel(entry.reason),
    location: entry.location,
  }));
  const title = "Several places fit this span";
  return (
    await vscode.window.showQuickPick(items, { title, placeHolder: "Choose once: the choice is remembered" })
  )?.location;
}

const noFolder: Resolution = {
  location: undefined,
  reason: "No folder is open",
  confidence: "none",
  choices: [],
  path: "",
  key: "",
  advice: "Open the folder with the program's source code to jump from spans to lines.",
};
