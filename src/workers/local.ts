// Entry of the thread that receives and keeps traces.
import { parentPort, workerData } from "node:worker_threads";
import { ReceivingStation } from "../backends/local/receivingStation.ts";
import type { StationListener } from "../backends/local/station.ts";
import { createChannel } from "../wire/channel.ts";
import type { LocalDefects } from "./localThread.ts";

const port = parentPort;
if (port !== null) {
  const channel = createChannel<StationListener & LocalDefects, ReceivingStation>(
    (message) => port.postMessage(message),
    new ReceivingStation(workerData as string, {
      stateChanged: (state) => channel.tell("stateChanged", [state]),
      tracesChanged: (summaries) => channel.tell("tracesChanged", [summaries]),
      notice: (text) => channel.tell("notice", [text]),
      log: (text) => channel.tell("log", [text]),
      exported: (count) => channel.tell("exported", [count]),
    }),
    (error) =>
      channel.tell("defect", [error instanceof Error ? (error.stack ?? error.message) : String(error)]),
  );
  port.on("message", (message) => channel.receive(message));
}
