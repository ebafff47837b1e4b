// Entry of the thread that receives and keeps traces, and of those that work for its store.
import { parentPort, workerData } from "node:worker_threads";
import { ReceivingStation } from "../backends/local/receivingStation.ts";
import type { StationListener } from "../backends/local/station.ts";
import { checkpoint } from "../backends/local/store/checkpointer.ts";
import { type IndexedSlice, indexStore } from "../backends/local/store/indexer.ts";
import { createChannel } from "../wire/channel.ts";
import type { LocalData, LocalDefects } from "./localThread.ts";
import {
  type IndexQuestion,
  type StoreTask,
  type StoreThreadAnswer,
  type StoreThreadData,
  storeAides,
} from "./storeThread.ts";

const tasks = {
  checkpoint: (question: unknown): void => checkpoint(question as string),
  index: (question: unknown): IndexedSlice => {
    const { folder, jobs } = question as IndexQuestion;
    return indexStore(folder, jobs);
  },
} satisfies Record<StoreTask, (question: unknown) => unknown>;

const port = parentPort;
const data = workerData as LocalData | StoreThreadData;
if (port !== null && "task" in data) {
  port.on("message", (question: unknown) => {
    let said: StoreThreadAnswer;
    try {
      said = { answer: tasks[data.task](question) };
    } catch (error) {
      said = { failed: String(error) };
    }
    port.postMessage(said);
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
      storeAides(data.file.startsWith("file:") ? new URL(data.file) : data.file),
    ),
    (error) =>
      channel.tell("defect", [error instanceof Error ? (error.stack ?? error.message) : String(error)]),
  );
  port.on("message", (message) => channel.receive(message));
}
