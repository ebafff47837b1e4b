import type * as vscode from "vscode";
import type { Location } from "../source/files.ts";
import { choiceName } from "../source/placesFinding.ts";
import type { Memory } from "../source/resolution.ts";

const memoryKey = "traceline.sourceChoices";
const mostKept = 500;

/** What the person chose among equal places, kept for the workspace. */
export interface RememberedChoices extends Memory {
  /** A path is remembered with its file, a name with the line too: several choices may be in one file. */
  remember(key: string, location: Location): void;
}

export function rememberedChoices(memory: vscode.Memento): RememberedChoices {
  const kept = memory.get<unknown>(memoryKey);
  const choices = new Map<string, string>(
    (Array.isArray(kept) ? kept : []).filter(
      (entry): entry is [string, string] =>
        Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "string",
    ),
  );
  return {
    chosen: (key) => choices.get(key),
    remember(key, location) {
      if (key === "") return;
      choices.delete(key);
      choices.set(key, key.startsWith("path") ? location.file : choiceName(location));
      for (const oldest of choices.keys()) {
        if (choices.size <= mostKept) break;
        choices.delete(oldest);
      }
      void memory.update(memoryKey, [...choices]);
    },
  };
}
