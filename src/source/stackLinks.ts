import type { Candidate } from "./candidate.ts";
import { CandidateList } from "./candidateList.ts";
import { framesOf } from "./languages/index.ts";
import { isLibrary } from "./library.ts";
import type { Place } from "./place.ts";

/** A frame of a stack trace where it stands in the text: its path and line are `text.slice(from, to)`. */
export interface StackLink {
  readonly from: number;
  readonly to: number;
  readonly frame: Place;
  /** It is code of others: a library, the runtime. */
  readonly isLibrary: boolean;
}

export interface StackLinks {
  /** What was found to have written the stack, as in telemetry.sdk.language. */
  readonly language: string;
  readonly links: readonly StackLink[];
}

/** No person reads more of a stack; what is looked for in a hostile one stays under 50 ms. */
const longestStack = 16_384;
const longestLine = 1000;
const mostLines = 300;
const mostTries = 2;

/** The frames of a stack trace that name a file, by their place in the text; `language` as in telemetry.sdk.language. */
export function stackLinks(stack: string, language: string): StackLinks {
  const text = stack.slice(0, longestStack);
  const found = framesOf(text, language);
  const frames = found.frames.filter((frame) => frame.path !== "");
  const links: StackLink[] = [];
  let from = 0;
  for (let count = 0; count < mostLines && from < text.length && frames.length > 0; count++) {
    const newline = text.indexOf("\n", from);
    const end = newline < 0 ? text.length : newline;
    if (end - from <= longestLine) {
      const link = linkIn(text.slice(from, end), from, frames);
      if (link !== undefined) links.push(link);
    }
    from = end + 1;
  }
  return { language: found.language, links };
}

/** Under these keys a text is a stack trace by name, however few frames it has. */
const stackKeys = ["code.stacktrace", "exception.stacktrace", "error.stack", "stack"];
/** Under any other key a text with fewer frames that name a file is not taken for a stack trace. */
const leastFrames = 2;

/** The frames of an attribute's value that name a file; none when it is no stack trace. */
export function attributeStackLinks(key: string, value: string, language: string): StackLinks {
  const found = stackLinks(value, language);
  const isStack = stackKeys.includes(key) || found.links.length >= leastFrames;
  return isStack ? found : { language, links: [] };
}

/** Where the code of a frame may be, as `locate` has it of a span. */
export function frameCandidates(frame: Place, service: string, language: string): Candidate[] {
  const list = new CandidateList(service, language);
  list.addPlace("exception", frame, "the stack trace", "sure", language);
  return list.ranked();
}

/** The frame a line is of: the one whose whole path and function are in it before one of the same file name and line. */
function linkIn(line: string, offset: number, frames: readonly Place[]): StackLink | undefined {
  let best: StackLink | undefined;
  let bestScore = 0;
  for (const frame of frames) {
    if (frame.line > 0 && !line.includes(String(frame.line))) continue;
    const base = frame.path.slice(Math.max(frame.path.lastIndexOf("/"), frame.path.lastIndexOf("\\")) + 1);
    const whole = positionOf(line, frame.path, frame.line);
    const position = whole ?? positionOf(line, base, frame.line);
    if (position === undefined) continue;
    const named = frame.function !== "" && line.includes(frame.function);
    const score = 1 + (whole === undefined ? 0 : 2) + (named ? 1 : 0);
    if (score <= bestScore) continue;
    bestScore = score;
    best = { from: offset + position[0], to: offset + position[1], frame, isLibrary: isLibrary(frame) };
  }
  return best;
}

/** The line and column behind a path, as the languages write them: `:1`, `:1:2`, `:line 1`, `(1)`, `", line 1`. */
const numberBehind = /^(?::(?:line )?(\d{1,10})(?::\d{1,10})?|\((\d{1,10})\)|", line (\d{1,10}))/;

/** Where a line says `path` with `number` behind it. */
function positionOf(line: string, path: string, number: number): [from: number, to: number] | undefined {
  let at = line.lastIndexOf(path);
  for (let tries = 0; at >= 0 && tries < mostTries; tries++) {
    const end = at + path.length;
    const behind = numberBehind.exec(line.slice(end, end + 40));
    const told = Number(behind?.[1] ?? behind?.[2] ?? behind?.[3] ?? 0);
    const isWhole = at === 0 || !/[\w.-]/.test(line[at - 1]);
    if (isWhole && told === number) return [at, end + (behind?.[0].length ?? 0)];
    at = at === 0 ? -1 : line.lastIndexOf(path, at - 1);
  }
  return undefined;
}
