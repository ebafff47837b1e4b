import type { StationState } from "../../backends/local/station.ts";
import type { Event } from "../../base/event.ts";
import type { ReceiverEndpoint } from "../../model/tracedProgram.ts";

/** Where programs can send their traces, as far as the programs' environment is concerned. */
export interface ReceiverState {
  /** Undefined while nothing receives. */
  readonly endpoint: ReceiverEndpoint | undefined;
  readonly onChange: Event<unknown>;
}

/** What programs need to know of a receiver: one that another window runs is as good. */
export function receiverState(receiver: {
  readonly state: StationState;
  readonly onChange: Event<unknown>;
}): ReceiverState {
  return {
    get endpoint() {
      const { state } = receiver;
      if (state.role !== "receiving" && state.role !== "reading") return undefined;
      const { http, grpc } = state.at;
      return http === "" ? undefined : { http, grpc: grpc === "" ? undefined : grpc };
    },
    onChange: receiver.onChange,
  };
}
