import type { Connection } from "../backends/backend.ts";
import { freeName, type SavedConnection } from "./connectionSettings.ts";

/**
 * The connections of the settings, each under a name that neither another nor a built-in one has. One that has not been edited,
 * and stands where it stood `before`, is the same object as then.
 */
export function listedConnections(
  saved: readonly SavedConnection[],
  builtIn: Iterable<string>,
  before: { readonly list: readonly Connection[]; readonly saved: readonly SavedConnection[] },
): Connection[] {
  const names = new Set(builtIn);
  const known = new Map(before.saved.map(({ place }, i) => [before.list[i].name, { place, at: i }]));
  return saved.map(({ connection, place }) => {
    const name = freeName(connection.name, names);
    names.add(name);
    const now = { ...connection, name };
    const old = known.get(name);
    if (old === undefined || old.place !== place) return now;
    const was = before.list[old.at];
    return JSON.stringify(was) === JSON.stringify(now) ? was : now;
  });
}
