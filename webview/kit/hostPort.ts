import { type Asked, createChannel } from "../../src/wire/channel.ts";
import type { Message } from "../../src/wire/rpc.ts";

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;
