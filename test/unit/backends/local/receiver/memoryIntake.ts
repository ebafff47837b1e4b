import { setTimeout as pause } from "node:timers/promises";
import type {
  Intake,
  IntakeRefusal,
  ReceivedBatch,
  ReceivedPart,
} from "../../../../../src/backends/local/parts.ts";
import { startReceiver } from "../../../../../src/backends/local/receiver/receiver.ts";
import type {
  Receiver,
  ReceiverEvent,
  ReceiverOptions,
} from "../../../../../src/backends/local/receiver/receiverOptions.ts";

/** An intake that keeps what it is given, or refuses, or takes its time. */
export interface MemoryIntake extends Intake {
  readonly batches: ReceivedBatch[];
  /** Resolves when `take` has been called this often. */
  asked(times: number): Promise<void>;
  refusal: IntakeRefusal | undefined;
  /** What `take` does before it keeps a batch. */
  before: () => Promise<void>;
  /** The parts of all batches. */
  traces(): { traceId: string; count: number; bytes: Uint8Array }[];
  logs(): { traceId: string; count: number; bytes: Uint8Array }[];
}

export function memoryIntake(): MemoryIntake {
  const batches: ReceivedBatch[] = [];
  let calls = 0;
  const intake: MemoryIntake = {
    batches,
    asked: async (times) => {
      while (calls < times) await pause(2);
    },
    refusal: undefined,
    before: async () => {},
    take: async (batch) => {
      calls++;
      await intake.before();
      // The receiver uses the same memory for its next request.
      batches.push({ traces: batch.traces.map(copied), logs: batch.logs.map(copied) });
    },
    traces: () => batches.flatMap((batch) => batch.traces),
    logs: () => batches.flatMap((batch) => batch.logs),
  };
  return intake;
}

function copied(part: ReceivedPart): ReceivedPart {
  return { ...part, bytes: part.bytes.slice() };
}

export interface Running {
  readonly receiver: Receiver;
  readonly intake: MemoryIntake;
  readonly events: ReceiverEvent[];
  readonly http: string;
  readonly httpPort: number;
  readonly grpcPort: number;
}

/** Runs `use` with a receiver on free ports. */
export async function withReceiver(
  options: Partial<ReceiverOptions>,
  use: (running: Running) => Promise<void>,
): Promise<void> {
  const intake = memoryIntake();
  const events: ReceiverEvent[] = [];
  const receiver = await startReceiver({
    httpPort: 0,
    grpcPort: 0,
    hosts: ["127.0.0.1", "::1"],
    allowedHosts: [],
    allowedOrigins: [],
    intake,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const portOf = (protocol: string) =>
    receiver.addresses.find((address) => address.protocol === protocol && address.host === "127.0.0.1")!.port;
  try {
    const httpPort = portOf("http");
    await use({
      receiver,
      intake,
      events,
      http: `http://127.0.0.1:${httpPort}`,
      httpPort,
      grpcPort: portOf("grpc"),
    });
  } finally {
    await receiver.stop(0);
  }
}
