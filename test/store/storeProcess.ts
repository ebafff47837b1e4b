import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A child that writes to a store (`writerProcess.ts`), and what it has said so far. */
export interface StoreProcess {
  readonly child: ChildProcess;
  /** Numbers that were acknowledged, in order. */
  readonly acknowledged: number[];
  /** Everything else it said. */
  readonly said: string[];
  readonly ended: Promise<void>;
  /** Resolves when it has acknowledged so many; rejects when it ends before. */
  until(count: number): Promise<void>;
  /** Resolves when it says a line that begins so; rejects when it ends before. */
  saying(begin: string): Promise<void>;
}

export function startWriter(
  folder: string,
  name: string,
  ttlMs = 1000,
  first = 0,
  env: NodeJS.ProcessEnv = {},
): StoreProcess {
  const child = spawn(
    process.execPath,
    [
      "--no-warnings",
      join(import.meta.dirname, "writerProcess.ts"),
      folder,
      name,
      String(ttlMs),
      String(first),
    ],
    { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } },
  );
  const acknowledged: number[] = [];
  const said: string[] = [];
  const waiting: { met: () => boolean; resolve: () => void; reject: (error: Error) => void }[] = [];
  const look = () => {
    for (const wait of [...waiting]) {
      if (!wait.met()) continue;
      waiting.splice(waiting.indexOf(wait), 1);
      wait.resolve();
    }
  };
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (line.startsWith("ack ")) acknowledged.push(Number(line.slice(4)));
    else said.push(line);
    look();
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      look();
      for (const { reject } of waiting) reject(new Error(`the writer has ended: ${said.join("; ")}`));
      resolve();
    });
  });
  const wait = (met: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      if (met()) resolve();
      else if (child.exitCode !== null) reject(new Error(`the writer has ended: ${said.join("; ")}`));
      else waiting.push({ met, resolve, reject });
    });
  return {
    child,
    acknowledged,
    said,
    ended,
    until: (count) => wait(() => acknowledged.length >= count),
    saying: (begin) => wait(() => said.some((line) => line.startsWith(begin))),
  };
}
