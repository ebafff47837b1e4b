import type { PathMapping } from "../source/pathMapping.ts";
import { setting } from "./settings.ts";

/** The path mappings of the settings; in Restricted Mode VS Code withholds those of the workspace. */
export function pathMappings(): readonly PathMapping[] {
  const value = setting("pathMappings");
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .filter(([from, to]) => from !== "" && typeof to === "string")
    .map(([from, to]) => ({ from, to: to as string }));
}
