import type * as vscode from "vscode";
import { receivedConnection } from "../../backends/local/receivedSource.ts";
import type { RecentTrace, RecentTraces } from "../recentTraces.ts";
import type { Receiver } from "./receiver.ts";

/** Between two questions which of the listed traces are still kept. */
const lookMs = 2000;

/**
 * Takes received traces off the recent ones once they are no longer kept: deleted, here or in another window, or gone with
 * age or number. `emptied` hears that none of those listed is. Nothing is asked of a thread that does not run.
 */
export function goneTraces(
  receiver: Pick<Receiver, "isRunning" | "known">,
  recent: Pick<RecentTraces, "list" | "drop">,
  emptied: () => void,
  everyMs = lookMs,
): vscode.Disposable {
  let isAsking = false;
  const look = async () => {
    if (isAsking || !receiver.isRunning) return;
    const listed = recent.list().filter(isReceived);
    if (listed.length === 0) return;
    isAsking = true;
    try {
      // What arrives while it answers is told after the answer.
      const known = new Set(await receiver.known(listed.map(({ address }) => address.traceId)));
      const gone = listed.filter(({ address }) => !known.has(address.traceId));
      if (gone.length === 0) return;
      recent.drop(gone);
      if (gone.length === listed.length) emptied();
    } catch {
      // A store that cannot be read is told by whoever shows what is in it.
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  return { dispose: () => clearInterval(timer) };
}

type Received = RecentTrace & { readonly address: { readonly kind: "connection" } };

/** One that was merged may be elsewhere too. */
function isReceived(trace: RecentTrace): trace is Received {
  const { address } = trace;
  return (
    address.kind === "connection" && address.connection === receivedConnection.name && address.merged !== true
  );
}
