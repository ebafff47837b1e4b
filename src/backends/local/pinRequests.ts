import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../base/userError.ts";

const folderName = "pins";
const requestName = /^([0-9a-f]{32})\.(pin|unpin)$/;

/** An id as the store has it: 32 lower-case digits, leading zeros and all. */
export function storedId(traceId: string): string {
  return traceId.trim().toLowerCase().replaceAll("-", "").padStart(32, "0");
}

/**
 * Leaves word for the one writer of the store in `folder`, now or later, to pin a trace or to let it go. The word is the name
 * of an empty file, so none is ever half written, and the last one counts. Throws a UserError where it cannot be left.
 */
export function requestPin(folder: string, traceId: string, pinned: boolean): void {
  const id = storedId(traceId);
  const [wanted, other] = pinned ? ["pin", "unpin"] : ["unpin", "pin"];
  if (!requestName.test(`${id}.${wanted}`)) return;
  const requests = join(folder, folderName);
  try {
    mkdirSync(requests, { recursive: true, mode: 0o700 });
    rmSync(join(requests, `${id}.${other}`), { force: true });
    closeSync(openSync(join(requests, `${id}.${wanted}`), "a", 0o600));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`The trace could not be ${pinned ? "pinned" : "unpinned"}: ${reason}`, {
      cause: error,
    });
  }
}

/** Does what was asked by `requestPin`. What `pin` throws at, and what cannot be read, is for the next time. */
export function takePinRequests(folder: string, pin: (traceId: string, pinned: boolean) => void): void {
  const requests = join(folder, folderName);
  try {
    for (const name of readdirSync(requests)) {
      const [, id, verb] = requestName.exec(name) ?? [];
      if (id === undefined) continue;
      pin(id, verb === "pin");
      rmSync(join(requests, name), { force: true });
    }
  } catch {
    // Mostly there is no such folder; and why the store cannot be written is told by the store.
  }
}
