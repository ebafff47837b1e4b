import type { Action } from "./action.ts";

type Need = Required<Pick<Action, "enabled" | "whyNot">>;

/** What actions need of the state, each with what is said while it is not there. */
export const needs = {
  selection: {
    enabled: ({ selected }) => selected >= 0,
    whyNot: () => "No span is selected.",
  },
  matches: {
    enabled: ({ matches }) => matches !== undefined && matches.length > 0,
    whyNot: ({ matches }) => (matches === undefined ? "Nothing is looked for." : "Nothing matches."),
  },
  slow: {
    enabled: ({ figures }) => figures !== undefined && figures.slow.length > 0,
    whyNot: ({ figures }) =>
      figures === undefined
        ? "The critical path is still being computed."
        : "No span is on the critical path.",
  },
  errors: {
    enabled: ({ figures }) => figures === undefined || figures.errors > 0,
    whyNot: () => "No span of this trace has failed.",
  },
  movedTimes: {
    enabled: ({ trace }) => trace !== undefined && trace.skew.length > 0,
    whyNot: ({ trace }) =>
      trace === undefined
        ? "The details of the trace are still being read."
        : "No span was moved: the times are as they were sent.",
  },
  logs: {
    enabled: ({ opened }) => opened.logs > 0,
    whyNot: ({ opened }) => opened.noLogs || "This trace has no logs.",
  },
  otherConnections: {
    enabled: ({ opened }) => opened.mergeable,
    whyNot: () => "There is no other connection to ask for this trace.",
  },
} satisfies Record<string, Need>;
