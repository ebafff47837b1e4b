import { statfsSync } from "node:fs";

/**
 * File systems on which a write-ahead log is not safe, for its index is shared memory (sqlite.org/wal.html): by the type
 * that Linux' statfs answers (statfs(2), linux/magic.h).
 */
const foreign = new Map<number, string>([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
  [0x01021997, "9p"],
  [0x65735546, "FUSE"],
  [0x53464846, "WSL 1"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x786f4256, "VirtualBox"],
  [0x7c7c6673, "Parallels"],
]);

/** Name of the foreign file system that holds a folder; undefined for one of this machine, and where it cannot be told. */
export function foreignFileSystem(folder: string, typeOf = statfsType): string | undefined {
  if (/^[\\/]{2}[^\\/?.]/.test(folder)) return "network";
  return foreign.get(typeOf(folder));
}

function statfsType(folder: string): number {
  if (process.platform !== "linux") return 0;
  try {
    return statfsSync(folder).type >>> 0;
  } catch {
    return 0;
  }
}
