import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { plainText } from "../backends/plainText.ts";
import { UserError } from "../base/userError.ts";

export interface ProgramLimits {
  readonly timeoutMs: number;
  /** Of each of its two outputs. */
  readonly maxBytes: number;
}

const usual: ProgramLimits = { timeoutMs: 30_000, maxBytes: 64 * 1024 };

/**
 * What a program prints, trimmed: a token. It is started without a shell, in the home folder and with nothing to read, and is
 * ended with all it has started when it takes too long, prints too much, or is not wanted any more. Rejects with a UserError
 * that says what it printed as errors, or with the signal's reason.
 */
export async function printedToken(
  command: readonly string[],
  signal: AbortSignal,
  given: Partial<ProgramLimits> = {},
): Promise<string> {
  signal.throwIfAborted();
  const { timeoutMs, maxBytes } = { ...usual, ...given };
  const [program, ...args] = command;
  // A group of its own, so that what it starts can be ended with it.
  const isGroup = process.platform !== "win32";
  const child = started(program, args, isGroup);
  const end = () => {
    try {
      if (isGroup && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  let why: "slow" | "long" | "unwanted" | undefined;
  const stop = (reason: typeof why) => {
    why ??= reason;
    end();
  };
  const unwanted = () => stop("unwanted");
  const timer = setTimeout(() => stop("slow"), timeoutMs);
  signal.addEventListener("abort", unwanted, { once: true });
  const printed = collect(child.stdout, maxBytes, () => stop("long"));
  const errors = collect(child.stderr, maxBytes, () => {});
  try {
    const ended = await new Promise<number | string | Error>((resolve) => {
      child.once("error", resolve);
      child.once("close", (code, killedBy) => resolve(code ?? killedBy ?? "unknown"));
    });
    signal.throwIfAborted();
    if (ended instanceof Error) throw failure(program, startProblem(ended), "");
    if (why === "slow") throw failure(program, `printed no token within ${timeoutMs / 1000} s`, errors());
    if (why === "long") throw failure(program, "printed too much for a token", "");
    if (ended !== 0) throw failure(program, `failed (${ended})`, errors());
    const token = printed().trim();
    if (token === "") throw failure(program, "printed nothing", errors());
    if (/[^\x21-\x7e]/.test(token)) throw failure(program, "printed something that is not a token", "");
    return token;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", unwanted);
    end();
  }
}

function started(program: string, args: readonly string[], isGroup: boolean) {
  try {
    return spawn(program, args, {
      cwd: homedir(),
      detached: isGroup,
      shell: false,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
  } catch (error) {
    throw failure(program, startProblem(error instanceof Error ? error : new Error(String(error))), "");
  }
}

function collect(stream: NodeJS.ReadableStream, maxBytes: number, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else onTooMuch();
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function startProblem(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "was not found. Give its whole path, or put it on the PATH of VS Code";
  if (code === "EACCES") return "may not be run";
  return `could not be started (${String(code ?? error.message)})`;
}

function failure(program: string, what: string, errors: string): UserError {
  const said = scrubbed(errors);
  const name = plainText(program, []);
  return new UserError(`The auth command ${name} ${what}${said === "" ? "." : `: ${said}`}`, {
    action: "enterSecret",
    code: "authCommand",
  });
}

/** What a program printed as errors, with what may be a secret left out: 300 characters at most. */
export function scrubbed(text: string): string {
  // White space in one piece, which the expressions below would go through again and again.
  const short = text.slice(0, 4_000).replace(/\s+/g, " ");
  const plain = plainText(short.replace(secretText, "***"), []);
  const marked = plain.replace(/[\w+/=.~-]{20,}/g, (word) =>
    /\d/.test(word) && /[A-Za-z]/.test(word) && !/^[./]/.test(word) ? "***" : word,
  );
  return marked.length > 300 ? `${marked.slice(0, 299)}…` : marked;
}

const secretText =
  /(?<=\b(?:bearer|basic|token|password|secret|authorization|api[-_]?key)["']?\s*[:= ]\s*["']?)[^\s"',;]{6,}/gi;
