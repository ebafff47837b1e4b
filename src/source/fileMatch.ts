import type { Confidence } from "./candidate.ts";
import { libraryStart } from "./library.ts";
import { isScript } from "./maps/mappingUrl.ts";
import { mappedPaths } from "./pathMapping.ts";
import { commonTail, fileSegments, longestTail } from "./pathTail.ts";
import type { ResolveOptions } from "./resolution.ts";
import type { SentPath } from "./sentPath.ts";
import { shownText } from "./shownText.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** Files a path may mean, and how surely the one is it when there is one. */
export interface FileMatch {
  readonly files: readonly string[];
  readonly confidence: Confidence;
  readonly how: string;
  /** The file is what was compiled to the path's: its lines are others. */
  readonly compiled: boolean;
  /** The files are in folders that builds write: what a person looks for is what they were made from. */
  readonly built?: boolean;
  /** Nothing but the name agrees, and the path says that it is of another folder. */
  readonly elsewhere?: boolean;
}

export const missing: FileMatch = {
  files: [],
  confidence: "guess",
  how: "is not in the workspace",
  compiled: false,
};

/** The known files that a sent path may mean: those of a path mapping, else those whose ends agree with most of it. */
export async function matchFiles(
  sent: SentPath,
  service: string,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<FileMatch> {
  const last = sent.segments[sent.segments.length - 1];
  const library = libraryStart(sent.segments);
  const files = await workspace.named(last);
  const builtNamed = async (name: string): Promise<readonly string[]> =>
    isScript(name) && library < 0 ? workspace.built(name) : [];
  const built = await builtNamed(last);
  for (const path of mappedPaths(sent, options.mappings)) {
    const name = path[path.length - 1];
    const known =
      name === last ? [...files, ...built] : [...(await workspace.named(name)), ...(await builtNamed(name))];
    const mapped = known.filter((file) => commonTail(path, fileSegments(file), sent.windows) === path.length);
    if (mapped.length > 0) {
      const isBuilt = mapped.every((file) => built.includes(file));
      return {
        files: shallowest(mapped),
        confidence: "sure",
        how: "your path mapping",
        compiled: false,
        built: isBuilt,
      };
    }
  }
  const best = longestTail(sent.segments, sent.windows, files);
  const bestBuilt = longestTail(sent.segments, sent.windows, built);
  if (bestBuilt.length > best.length) {
    const agreed = agreement(sent, bestBuilt.length, built.length, service);
    return { files: bestBuilt.files, ...agreed, compiled: false, built: true };
  }
  if (files.length === 0) return (await matchSourceOf(sent, workspace)) ?? missing;
  if (library >= 0 && best.length < sent.segments.length - library)
    return { ...missing, how: "is in a library" };
  if (best.length === 0) return missing;
  return { files: best.files, ...agreement(sent, best.length, files.length, service), compiled: false };
}

function agreement(
  sent: SentPath,
  tail: number,
  named: number,
  service: string,
): Pick<FileMatch, "confidence" | "how" | "elsewhere"> {
  const { segments } = sent;
  if (tail === segments.length) return { confidence: "sure", how: "" };
  if (tail >= 2) return { confidence: "sure", how: `the last ${tail} parts of the path agree` };
  const how = named > 1 ? "the only file whose name agrees" : "the only file of this name";
  // "/app/main.go" and "payments/main.go" say no more than the name does; a longer path says that it is another folder.
  if (segments.length === 2 || segments[segments.length - 2] === service) return { confidence: "sure", how };
  const common = commonNames.test(segments[segments.length - 1]);
  return { confidence: common ? "guess" : "likely", how, elsewhere: true };
}

/** Names of files that every other project has. */
const commonNames =
  /^(?:index|main|app|server|client|mod|lib|utils?|helpers?|types?|config|setup|__init__|program|startup|routes?|handlers?|models?|views?|errors?)\./i;

/** A mapping names a path from the workspace's top: of files with that end, those nearest to the top. */
function shallowest(files: readonly string[]): readonly string[] {
  const depth = Math.min(...files.map((file) => fileSegments(file).length));
  return files.filter((file) => fileSegments(file).length === depth);
}

/** The TypeScript that a script of the workspace's own, which it does not have, may have been compiled from. */
export async function matchSourceOf(
  sent: SentPath,
  workspace: WorkspaceText,
): Promise<FileMatch | undefined> {
  const last = sent.segments[sent.segments.length - 1];
  const script = /^(.+)\.([cm]?)jsx?$/.exec(last);
  if (script === null || libraryStart(sent.segments) >= 0) return undefined;
  for (const extension of [`${script[2]}ts`, "tsx"]) {
    const name = `${script[1]}.${extension}`;
    const files = await workspace.named(name);
    if (files.length === 0) continue;
    const best = longestTail([...sent.segments.slice(0, -1), name], sent.windows, files);
    return {
      files: best.files,
      confidence: "likely",
      how: `compiled from ${shownText(name)}, whose lines are others`,
      compiled: true,
    };
  }
  return undefined;
}
