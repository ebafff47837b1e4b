import type { Candidate, Confidence } from "./candidate.ts";
import { libraryStart } from "./library.ts";
import { type LineFound, lineInFile, sureness } from "./lineInFile.ts";
import { mappedPaths } from "./pathMapping.ts";
import { commonTail, fileSegments, longestTail } from "./pathTail.ts";
import { type Finding, maxChoices, type ResolveOptions } from "./resolution.ts";
import { type SentPath, sentPath } from "./sentPath.ts";
import { shownText } from "./shownText.ts";
import type { WorkspaceText } from "./workspaceText.ts";

/** Files a path may mean, and how surely the one is it when there is one. */
interface Match {
  readonly files: readonly string[];
  readonly confidence: Confidence;
  readonly how: string;
  /** The file is what was compiled to the path's: its lines are others. */
  readonly compiled: boolean;
  /** Nothing but the name agrees, and the path says that it is of another folder. */
  readonly elsewhere?: boolean;
}

/** The file and line of a candidate with a path, among the files that the workspace is known to have. */
export async function resolvePath(
  candidate: Candidate,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<Finding> {
  const raw = candidate.place.path;
  const sent = sentPath(raw);
  if (sent === undefined)
    return { reason: `${shownText(raw)} (${candidate.reason}) is not the path of a source file` };
  const match = await matchFiles(sent, candidate.service, workspace, options);
  if (match.files.length === 0) return { reason: `${shownText(raw)} (${candidate.reason}) ${match.how}` };
  const asked = match.compiled
    ? { ...candidate, place: { ...candidate.place, line: 0, column: 0 } }
    : candidate;
  const found = (line: LineFound, how: string, sure: Confidence): Finding => ({
    location: line.location,
    confidence: sureness(candidate.sure, sure, line.confidence),
    reason: [candidate.reason, how, line.note].filter((part) => part !== "").join("; "),
  });
  const key = `path\n${candidate.service}\n${sent.segments.join("/")}`;
  if (match.files.length === 1) {
    const line = await lineInFile(asked, match.files[0], workspace);
    // Another folder, and another content: a file of the same name in another project.
    if (match.elsewhere && asked.place.line > 0 && line.note !== "") {
      return { reason: `${shownText(raw)} (${candidate.reason}) ${missing.how}` };
    }
    return found(line, match.how, match.confidence);
  }
  const chosen = options.remembered.chosen(key);
  if (chosen !== undefined && match.files.includes(chosen)) {
    return { ...found(await lineInFile(asked, chosen, workspace), "the file you chose before", "sure"), key };
  }
  return await amongSeveral(asked, match.files, workspace, key, found);
}

/** Of several equally good files: the one that has the function there or is in the service's folder, else a choice. */
async function amongSeveral(
  candidate: Candidate,
  files: readonly string[],
  workspace: WorkspaceText,
  key: string,
  found: (line: LineFound, how: string, sure: Confidence) => Finding,
): Promise<Finding> {
  const inFolder = files.filter((file) => fileSegments(file).includes(candidate.service));
  const listed = [...inFolder, ...files.filter((file) => !inFolder.includes(file))].slice(0, maxChoices);
  const lines: LineFound[] = [];
  for (const file of listed) lines.push(await lineInFile(candidate, file, workspace));
  const exact = lines.filter((line) => line.confirmed && line.note === "");
  if (exact.length === 1 && files.length <= maxChoices) {
    const name = shownText(candidate.symbol?.name ?? "");
    return found(
      exact[0],
      `the only one of ${files.length} files of this name with ${name} at this line`,
      "likely",
    );
  }
  if (inFolder.length === 1 && candidate.service !== "") {
    return found(
      lines[0],
      `the only one of ${files.length} files of this name in a folder ${shownText(candidate.service)}`,
      "likely",
    );
  }
  const many = files.length > maxChoices ? `, of which ${maxChoices} are listed` : "";
  return {
    reason: `${candidate.reason}; ${files.length} files fit ${shownText(candidate.place.path)} equally well${many}`,
    choices: lines.map((line) => ({ location: line.location, reason: line.note })),
    key,
  };
}

async function matchFiles(
  sent: SentPath,
  service: string,
  workspace: WorkspaceText,
  options: ResolveOptions,
): Promise<Match> {
  const last = sent.segments[sent.segments.length - 1];
  const files = await workspace.named(last);
  for (const path of mappedPaths(sent, options.mappings)) {
    const name = path[path.length - 1];
    const known = name === last ? files : await workspace.named(name);
    const mapped = known.filter((file) => commonTail(path, fileSegments(file), sent.windows) === path.length);
    if (mapped.length > 0)
      return { files: shallowest(mapped), confidence: "sure", how: "your path mapping", compiled: false };
  }
  if (files.length === 0) return (await matchSourceOf(sent, workspace)) ?? missing;
  const best = longestTail(sent.segments, sent.windows, files);
  const library = libraryStart(sent.segments);
  if (library >= 0 && best.length < sent.segments.length - library)
    return { ...missing, how: "is in a library" };
  if (best.length === 0) return missing;
  return { files: best.files, ...agreement(sent, best.length, files.length, service), compiled: false };
}

const missing: Match = { files: [], confidence: "guess", how: "is not in the workspace", compiled: false };

function agreement(
  sent: SentPath,
  tail: number,
  named: number,
  service: string,
): Pick<Match, "confidence" | "how" | "elsewhere"> {
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

/** JavaScript that the workspace does not have, where it has the TypeScript it may have been compiled from. */
async function matchSourceOf(sent: SentPath, workspace: WorkspaceText): Promise<Match | undefined> {
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
