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
  // What was kept by an earlier session is not worth a thread before the receiver is asked for.
  const received = async (traceIds: readonly string[]) =>
    receiver.state.role === "off" ? [] : (await receiver.known(traceIds)).map(normal);
  return {
    async known(traceIds) {
      const known = new Set(await received(traceIds));
      for (const { summary } of recent.list()) known.add(normal(summary.traceId));
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
