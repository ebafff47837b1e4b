import { UserError } from "../../../base/userError.ts";
import { type OtlpSplit, splitLogs, splitTraces } from "../../../formats/otlpSplit.ts";
import { logsFromJson, tracesFromJson } from "../../../formats/otlpWriteProtobuf.ts";
import { tracesFromSpans } from "../../../formats/otlpWriteSpans.ts";
import { zipkinJson } from "../../../formats/zipkinJson.ts";
import { SpanSink } from "../../../model/spanSink.ts";
import { type Intake, IntakeRefusal } from "../parts.ts";
import type { Tell } from "./eventTeller.ts";
import type { Holding } from "./inFlight.ts";
import type { ReceiverCounts } from "./receiverOptions.ts";

export type Signal = "traces" | "logs" | "metrics" | "zipkin";
export type Encoding = "protobuf" | "json";

/** What became of a request that was taken. */
export interface Taken {
  readonly rejected: number;
  /** Why some were rejected, or what was cut; "" for nothing. */
  readonly message: string;
}

export interface Ingest {
  /**
   * Resolves once all that is good of a request is kept. Throws a UserError for what is not its format or is too large, and an
   * IntakeRefusal for what cannot be kept now.
   */
  take(signal: Signal, encoding: Encoding, bytes: Uint8Array, holding: Holding): Promise<Taken>;
}

const nothing: Taken = { rejected: 0, message: "" };

export function createIngest(intake: Intake, counts: ReceiverCounts, tell: Tell): Ingest {
  const keep = async (batch: Parameters<Intake["take"]>[0]): Promise<void> => {
    if (batch.traces.length + batch.logs.length === 0) return;
    try {
      await intake.take(batch);
    } catch (error) {
      if (error instanceof IntakeRefusal) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      tell("failure", `Received traces could not be kept: ${reason}`, reason);
      // Never an answer that tells the sender to throw its data away.
      throw new IntakeRefusal("The traces could not be kept.", 5, error);
    }
  };
  return {
    take: async (signal, encoding, bytes, { lend }) => {
      counts.requests++;
      if (signal === "metrics") {
        tell("metricsDropped", "A program sends metrics. Traceline accepts them and drops them.");
        return nothing;
      }
      const split = splitOf(signal, encoding, bytes, lend);
      const { parts, accepted, rejected, withoutTrace, message } = split;
      if (signal === "logs") await keep({ traces: [], logs: parts });
      else await keep({ traces: parts, logs: [] });
      counts.bytes += bytes.length;
      counts.rejected += rejected;
      counts.logsWithoutTrace += withoutTrace;
      if (signal === "logs") counts.logs += accepted;
      else counts.spans += accepted;
      if (withoutTrace > 0) {
        tell("logsWithoutTrace", "Log records that belong to no trace were dropped.");
      }
      if (message !== "") tell("partial", message, rejected > 0 ? "rejected" : "cut");
      return { rejected, message };
    },
  };
}

function splitOf(signal: Signal, encoding: Encoding, bytes: Uint8Array, lend: Holding["lend"]): OtlpSplit {
  if (signal === "logs") return splitLogs(encoding === "json" ? logsFromJson(bytes) : bytes, lend);
  if (signal === "zipkin") return splitZipkin(bytes);
  return splitTraces(encoding === "json" ? tracesFromJson(bytes) : bytes, lend);
}

function splitZipkin(bytes: Uint8Array): OtlpSplit {
  const sink = new SpanSink();
  try {
    const decoder = zipkinJson.decoder(sink);
    decoder.write(bytes);
    decoder.end();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, { code: "malformed", cause: error });
  }
  const split = splitTraces(tracesFromSpans(sink));
  // What the decoder left out is said as well.
  const notes = [...sink.notes].map(([note, times]) => `${times} ${note}.`);
  return { ...split, message: [...notes, split.message].join(" ").trim() };
}
