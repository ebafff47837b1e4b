import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";

/** The program that listens on a port. */
export interface PortOwner {
  readonly pid: number;
  /** The name of its executable, else the one it gives itself; "" when neither is known. */
  readonly program: string;
}

/** Finds who listens on a TCP port of this machine; undefined when that cannot be known, as for other people's programs. */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  const owner = process.platform === "linux" ? await fromProc(port).catch(() => undefined) : undefined;
  return owner ?? (process.platform === "win32" ? undefined : await fromLsof(port).catch(() => undefined));
}

async function fromProc(port: number): Promise<PortOwner | undefined> {
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      // 0A is LISTEN.
      if (state === "0A" && Number.parseInt(local.split(":")[1], 16) === port)
        inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => "");
      if (inodes.has(target)) return { pid: Number(pid), program: await programOf(pid) };
    }
  }
  return undefined;
}

async function programOf(pid: string): Promise<string> {
  // What a program calls itself is the name of its first thread: that of Node 24 is "MainThread".
  const path = await readlink(`/proc/${pid}/exe`).catch(() => "");
  if (path !== "") return basename(path.replace(/ \(deleted\)$/, ""));
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
}

async function fromLsof(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await promisify(execFile)("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    timeout: 2_000,
  });
  const pid = Number(/^p(\d+)$/m.exec(stdout)?.[1]);
  return pid > 0 ? { pid, program: /^c(.+)$/m.exec(stdout)?.[1] ?? "" } : undefined;
}
