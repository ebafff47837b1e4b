import { setTimeout as pause } from "node:timers/promises";
import type { Intake } from "./parts.ts";
import { PortUnavailable } from "./receiver/portUnavailable.ts";
import { startReceiver } from "./receiver/receiver.ts";
import type { Receiver, ReceiverEvent } from "./receiver/receiverOptions.ts";
import type { StationAddresses, StationOptions } from "./station.ts";

/** Of a gRPC message, which is held whole while it comes. */
const mostMessageBytes = 64 << 20;
/** A port that a window just gone has left is free again within so long. */
const portRetries = 10;
const portRetryMs = 150;

/** Starts the receiver of a station. An heir, who follows another that has just ended, waits a moment for its ports. */
export async function startStationReceiver(
  options: StationOptions,
  intake: Intake,
  onEvent: (event: ReceiverEvent) => void,
  isHeir: boolean,
): Promise<Receiver> {
  const { httpPort, grpcPort, hosts, allowedHosts, allowedOrigins, apiKey, maxBodyBytes } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startReceiver({
        httpPort,
        grpcPort,
        hosts,
        // Who is told to listen at an address is called by it.
        allowedHosts: [...allowedHosts, ...hosts],
        allowedOrigins,
        ...(apiKey === "" ? {} : { apiKey }),
        limits: { bodyBytes: maxBodyBytes, messageBytes: Math.min(maxBodyBytes, mostMessageBytes) },
        intake,
        onEvent,
      });
    } catch (error) {
      // What the window that is gone had open is closed by the system, a moment later.
      const mayBeFree = isHeir && error instanceof PortUnavailable;
      if (!mayBeFree || attempt === portRetries) throw error;
      await pause(portRetryMs);
    }
  }
}

/** Addresses that stand for all of a machine are none to send to on every system. */
const own = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/** Where programs of this machine send to. */
export function addressesOf(receiver: Receiver): StationAddresses {
  const of = (protocol: "http" | "grpc"): string => {
    const found = receiver.addresses.find((address) => address.protocol === protocol);
    if (found === undefined) return "";
    const host = own.get(found.host) ?? found.host;
    return `http://${host.includes(":") ? `[${host}]` : host}:${found.port}`;
  };
  return { http: of("http"), grpc: of("grpc") };
}
