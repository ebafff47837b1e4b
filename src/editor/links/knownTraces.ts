import { receivedConnection } from "../../backends/local/receivedSource.ts";
import type { Connections } from "../connections.ts";
import { openReference } from "../openTrace.ts";
import type { Receiver } from "../received/receiver.ts";
import type { RecentTraces } from "../recentTraces.ts";
import type { TraceTabs } from "../traceTabs.ts";
import type { KnownTraces } from "./mentionedTraces.ts";

interface Parts {
  readonly receiver: Receiver;
  readonly recent: RecentTraces;
  readonly connections: Connections;
  readonly tabs: TraceTabs;
}

/** Traces that were received, or are among the recent ones; what is neither is looked for in the connections when it is opened. */
export function knownTraces({ receiver, recent, connections, tabs }: Parts): KnownTraces {
  const normal = (traceId: string) => traceId.toLowerCase().padStart(32, "0");
  // What was kept by an earlier session is not worth a thread before the receiver is asked for. A store that cannot answer has
  // been told of elsewhere, and must not keep what the other places have from being found.
  const received = async (traceIds: readonly string[]) => {
    if (receiver.state.role === "off") return [];
    return (await receiver.known(traceIds).catch(() => [])).map(normal);
  };
  return {
    async known(traceIds) {
      const known = new Set(recent.list().map(({ summary }) => normal(summary.traceId)));
      // A store that is busy, and links that do not wait for it, must not hide those that are known without it.
      const others = traceIds.filter((traceId) => !known.has(traceId));
      if (others.length > 0) for (const traceId of await received(others)) known.add(traceId);
      return known;
    },
    async open(traceId, spanId) {
      if ((await received([traceId])).length > 0) {
        const address = { kind: "connection", connection: receivedConnection.name, traceId } as const;
        return void tabs.open(address, spanId);
      }
      const seen = recent.list().find(({ summary }) => normal(summary.traceId) === traceId);
      if (seen !== undefined) return void tabs.open(seen.address, spanId);
      const span = spanId === undefined ? {} : { spanId };
      return openReference({ traceId, ...span, form: "" }, connections, tabs);
    },
  };
}
