import { rmSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Makes the folder `target` exist, complete, by calling `install` with a new folder beside it and renaming that.
 * A killed install is never taken for a finished one, and of several processes that ask at once one installs
 * and the others wait.
 */
export async function installOnce(target: string, install: (folder: string) => Promise<void>): Promise<void> {
  if (await exists(target)) return;
  await mkdir(dirname(target), { recursive: true });
  const release = await acquireLock(`${target}.lock`);
  try {
    if (await exists(target)) return;
    await removePartsOf(target);
    const part = `${target}.part-${process.pid}`;
    await mkdir(part);
    try {
      await install(part);
      await rename(part, target);
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      throw error;
    }
  } finally {
    await release();
  }
}

async function removePartsOf(target: string): Promise<void> {
  const prefix = `${basename(target)}.part-`;
  for (const name of await readdir(dirname(target))) {
    if (name.startsWith(prefix)) await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

async function acquireLock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      const removeOnExit = () => rmSync(file, { force: true });
      process.once("exit", removeOnExit);
      return async () => {
        process.off("exit", removeOnExit);
        await rm(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!(await ownerLives(file))) await rm(file, { force: true });
    await sleep(300);
  }
}

async function ownerLives(lock: string): Promise<boolean> {
  const text = await readFile(lock, "utf8").catch(() => "");
  const pid = Number(text);
  // An empty lock is one being written, or one whose writer was killed in between: young ones count as held.
  if (!(pid > 0)) return ((await stat(lock).catch(() => undefined))?.mtimeMs ?? 0) > Date.now() - 5_000;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
