import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty folder; it is removed by `remove`, at the latest when this process ends. */
export interface TempFolder {
  readonly path: string;
  remove(): Promise<void>;
}

const living = new Set<string>();
process.on("exit", () => {
  for (const path of living) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Something still writes there; the system's own cleaning takes it.
    }
  }
});

export async function makeTempFolder(prefix: string): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  living.add(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      living.delete(path);
    },
  };
}
