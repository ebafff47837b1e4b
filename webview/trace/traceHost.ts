import type { PageAction, TraceHost, TracePage } from "../../src/wire/protocol.ts";
import { pageActions } from "../../src/wire/protocol.ts";
import { connectHost } from "../kit/hostPort.ts";

/** The editor as the page sees it, and what the page saved before it was reloaded. */
export interface HostLine {
  readonly host: TraceHost;
  saved(): unknown;
  save(state: unknown): void;
}

/**
 * Connects the page with the editor. What a button asks for never rejects: it says what went wrong through `say`, which
 * also tells that something was copied.
 */
export function connectTraceHost(page: TracePage, say: (text: string) => void): HostLine {
  const port = connectHost<TraceHost, TracePage>(checked(page), (error) => {
    port.channel.tell("report", [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  });
  const { channel } = port;
  const attempt = async (asked: Promise<void>, done = "") => {
    try {
      await asked;
      if (done !== "") say(done);
    } catch (error) {
      say(error instanceof Error ? error.message : "That did not work.");
    }
  };
  window.addEventListener("error", (event) => {
    channel.tell("report", [
      event.error instanceof Error ? (event.error.stack ?? event.message) : event.message,
    ]);
  });
  window.addEventListener("unhandledrejection", (event) => {
    channel.tell("report", [
      event.reason instanceof Error ? (event.reason.stack ?? "") : String(event.reason),
    ]);
  });
  const host: TraceHost = {
    open: (again) => channel.ask("open", [again]),
    details: (version, part) => channel.ask("details", [version, part]),
    openSource: (row, choice) => channel.ask("openSource", choice === undefined ? [row] : [row, choice]),
    logs: (version) => channel.ask("logs", [version]),
    openLogSource: (version, log) => channel.ask("openLogSource", [version, log]),
    mergeFromAll: () => attempt(channel.ask("mergeFromAll", [])),
    locate: (row) => channel.ask("locate", [row]),
    stackFrames: (...attribute) => channel.ask("stackFrames", attribute),
    openStackFrame: (...frame) => channel.ask("openStackFrame", frame),
    followLink: (row, link) => attempt(channel.ask("followLink", [row, link])),
    openSibling: (traceId) => attempt(channel.ask("openSibling", [traceId])),
    jump: (which, row) => channel.ask("jump", [which, row]),
    copy: (text) => attempt(channel.ask("copy", [text]), "Copied"),
    copyLink: (row) => attempt(channel.ask("copyLink", [row]), "Link copied"),
    openUrl: (row, attribute) => attempt(channel.ask("openUrl", [row, attribute])),
    act: (action) => channel.tell("act", [action]),
    keep: (state) => channel.tell("keep", [state]),
    report: (message) => channel.tell("report", [message]),
  };
  return { host, saved: port.saved, save: port.save };
}

/** The page's methods, called with what they expect or not at all. */
function checked(page: TracePage): TracePage {
  return {
    reveal(row: unknown) {
      if (Number.isInteger(row)) page.reveal(row as number);
    },
    progress(bytes: unknown) {
      if (typeof bytes === "number") page.progress(bytes);
    },
    reload: () => page.reload(),
    grown: () => page.grown(),
    growing: (isGrowing: unknown) => page.growing(isGrowing === true),
    perform(action: unknown) {
      if (pageActions.includes(action as PageAction)) page.perform(action as PageAction);
    },
  };
}
