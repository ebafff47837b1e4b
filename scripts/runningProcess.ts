import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
  /** Lines that say nothing about a failure; kept out of `logTail`. */
  readonly noise?: RegExp;
}

/** A program with everything it starts in turn; `stop` ends the whole group. */
export interface RunningProcess {
  readonly pid: number;
  /** The exit code, or the name of the signal that ended it. Never rejects. */
  readonly exited: Promise<number | string>;
  /** The last lines it printed, for a message about a failure. */
  logTail(): string;
  stop(): Promise<void>;
}

const KEPT_LINES = 60;
const GRACE_MS = 3_000;
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) signalGroup(child, "SIGKILL");
});

/** Starts a program in a process group of its own. It never outlives this process, but for a SIGKILL of it. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  running.add(child);
  const lines: string[] = [];
  const keep = (line: string) => {
    if (line !== "" && !options.noise?.test(line)) lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };
  onEachLine(child.stdout!, keep);
  onEachLine(child.stderr!, keep);
  const exited = new Promise<number | string>((resolve) => {
    child.on("error", (error) => {
      keep(error.message);
      running.delete(child);
      resolve(-1);
    });
    child.on("exit", (code, signal) => resolve(code ?? signal ?? -1));
  });
  return {
    pid: child.pid ?? -1,
    exited,
    logTail: () => lines.join("\n"),
    async stop() {
      signalGroup(child, "SIGTERM");
      await Promise.race([exited, sleep(GRACE_MS, undefined, { ref: false })]);
      signalGroup(child, "SIGKILL");
      running.delete(child);
      await exited;
    },
  };
}

/** Runs a program to its end and answers with what it printed; rejects with the tail of that when it fails. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<string> {
  const lines: string[] = [];
  const child = startProcess(command, args, {
    ...options,
    onLine(line) {
      lines.push(line);
      options.onLine?.(line);
    },
  });
  const code = await child.exited;
  await child.stop();
  if (code !== 0) {
    throw new Error(
      `${command} ${args.slice(0, 3).join(" ")} ended with ${code}:\n${lines.slice(-30).join("\n")}`,
    );
  }
  return lines.join("\n");
}

/** Makes Ctrl+C and a polite kill end this process through `process.exit`, so that what it started ends too. */
export function exitOnSignals(): void {
  process.on("SIGINT", () => process.exit(130));
  process.on("SIGTERM", () => process.exit(143));
  process.on("SIGHUP", () => process.exit(129));
}

/** Calls `onLine` with each line of a stream of text, and with an unfinished last one. */
export function onEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const part of parts) onLine(part);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
