import { isAbsolute } from "node:path";

/** A program that prints a token. */
export interface AuthCommand {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly lifetimeMs: number;
}

const usualSeconds = 300;
const mostSeconds = 86_400;

/** The auth command that the setting names for exactly this origin, or what is wrong with it in one sentence. */
export function authCommandOf(value: unknown, origin: string): AuthCommand | { problem: string } {
  const entry = entryOf(value, origin);
  const key = `traceline.authCommands["${origin}"]`;
  if (entry === undefined) return { problem: `${key} is missing: it names the program that prints a token.` };
  if (typeof entry !== "object" || entry === null) return { problem: `${key} is not an object.` };
  const { command, lifetimeSeconds } = entry as Record<string, unknown>;
  if (!isCommand(command))
    return { problem: `${key}: command is not a list of a program and its arguments.` };
  // A path that depends on the folder it is started in could lead to a stranger's program.
  if (/[/\\]/.test(command[0]) && !isAbsolute(command[0]))
    return { problem: `${key}: the program is neither a name nor an absolute path.` };
  const isTime = typeof lifetimeSeconds === "number" && lifetimeSeconds >= 0;
  if (lifetimeSeconds !== undefined && !isTime)
    return { problem: `${key}: lifetimeSeconds is not a number of seconds.` };
  const seconds = isTime ? Math.min(lifetimeSeconds, mostSeconds) : usualSeconds;
  return { command, lifetimeMs: seconds * 1000 };
}

function entryOf(value: unknown, origin: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const found = Object.entries(value).find(([key]) => URL.canParse(key) && new URL(key).origin === origin);
  return found?.[1];
}

function isCommand(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 100) return false;
  return value.every((part) => typeof part === "string" && !part.includes("\0")) && value[0].trim() !== "";
}
