import { type Channel, createChannel } from "../../src/wire/channel.ts";

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

export interface HostPort<Host> {
  readonly channel: Channel<Host>;
  /** What the page saved before it was hidden or reloaded: anything at all. */
  saved(): unknown;
  save(state: unknown): void;
}

/** The page's line to the editor; `page` are the methods that the editor may call. To be made once a page. */
export function connectHost<Host, Page extends object>(
  page: Page,
  onDefect: (error: unknown) => void,
): HostPort<Host> {
  const api = acquireVsCodeApi();
  const channel = createChannel<Host, Page>((message) => api.postMessage(message), page, onDefect);
  window.addEventListener("message", (event) => channel.receive(event.data));
  return { channel, saved: () => api.getState(), save: (state) => api.setState(state) };
}
