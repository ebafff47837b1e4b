import type * as vscode from "vscode";
import type { Memory } from "../source/resolution.ts";

const memoryKey = "traceline.sourceChoices";
const mostKept = 500;

/** What the person chose among equal places, kept for the workspace. */
export interface RememberedChoices extends Memory {
  remember(key: string, file: string): void;
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
    remember(key, file) {
      if (key === "") return;
      choices.delete(key);
      choices.set(key, file);
      for (const oldest of choices.keys()) {
        if (choices.size <= mostKept) break;
        choices.delete(oldest);
      }
      void memory.update(memoryKey, [...choices]);
    },
  };
}
