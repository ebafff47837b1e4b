// Entry of the thread that receives and keeps traces, and of the one that copies its write-ahead log.
import { parentPort, workerData } from "node:worker_threads";
import { ReceivingStation } from "../backends/local/receivingStation.ts";
import type { StationListener } from "../backends/local/station.ts";
import { checkpoint } from "../backends/local/store/checkpointer.ts";
import { createChannel } from "../wire/channel.ts";
import { type CheckpointMessages, checkpointThread } from "./checkpointThread.ts";
import type { LocalData, LocalDefects } from "./localThread.ts";

const port = parentPort;
const data = workerData as LocalData | { readonly checkpoints: true };
if (port !== null && "checkpoints" in data) {
  port.on("message", ({ folder }: CheckpointMessages) => {
    let failed = "";
    try {
      checkpoint(folder);
    } catch (error) {
      failed = String(error);
    }
    port.postMessage({ failed });
  });
} else if (port !== null && "folder" in data) {
  const channel = createChannel<StationListener & LocalDefects, ReceivingStation>(
    (message) => port.postMessage(message),
    new ReceivingStation(
      data.folder,
      {
        stateChanged: (state) => channel.tell("stateChanged", [state]),
        tracesChanged: (summaries) => channel.tell("tracesChanged", [summaries]),
        notice: (text) => channel.tell("notice", [text]),
        log: (text) => channel.tell("log", [text]),
        exported: (count) => channel.tell("exported", [count]),
      },
      checkpointThread(data.file.startsWith("file:") ? new URL(data.file) : data.file),
    ),
    (error) =>
      channel.tell("defect", [error instanceof Error ? (error.stack ?? error.message) : String(error)]),
  );
  port.on("message", (message) => channel.receive(message));
}
