import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Connection, SourcedTrace } from "../backends/backend.ts";
import { createFileSource } from "../backends/file.ts";
import { UserError } from "../base/userError.ts";
import { countText } from "../model/countText.ts";
import { sizeText } from "../model/sizeText.ts";
import type { TraceSummary } from "../model/summary.ts";
import type { Trace } from "../model/trace.ts";
import { traceIdForms } from "../model/traceReference.ts";
import type { TraceDecoder } from "../workers/decoder.ts";
import type { TraceAddress } from "./address.ts";
import type { Connections } from "./connections.ts";
import { setting } from "./settings.ts";

/** A trace that was fetched, and how its origin is called. */
export interface LoadedTrace extends SourcedTrace {
  /** Where it really was: another connection than the one asked first, when that did not have it. */
  readonly address: TraceAddress;
  /** Where it came from, for people: a connection's name or a file's. */
  readonly from: string;
  /** Its source tells of what arrives. */
  readonly live?: boolean;
}

/** Fetches the trace at an address. Rejects with a UserError; aborting ends the request. */
export type LoadTrace = (
  address: TraceAddress,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
) => Promise<LoadedTrace>;

/**
 * Loads from files and from connections. What the connection asked first does not have is asked of the others, all at once;
 * found nowhere, the error says where it was looked for and what each answered.
 */
export function traceLoader(connections: Connections, { decodeFile, merge }: TraceDecoder): LoadTrace {
  async function fromFile(
    path: string,
    traceId: string,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<LoadedTrace> {
    const source = createFileSource(path, decodeFile);
    try {
      await refuseTooLarge(path);
      const sourced = await source.trace(traceId, signal, onProgress);
      const address = { kind: "file", path, traceId: sourced.summary.traceId } as const;
      return { ...sourced, address, from: basename(path) };
    } finally {
      source.dispose();
    }
  }

  async function from(
    connection: Connection,
    traceId: string,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<LoadedTrace> {
    const sourced = await connections.use(connection, (source) =>
      askFor((id, ended) => source.trace(id, ended, onProgress), traceId, signal),
    );
    const address = { kind: "connection", connection: connection.name, traceId } as const;
    const live = connections.source(connection).can.live === true;
    return { ...sourced, address, from: connection.name, live };
  }

  /** What all connections have of the trace, together; which had what stands in the notes. */
  async function fromAll(
    address: Extract<TraceAddress, { kind: "connection" }>,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<LoadedTrace> {
    const asked = connections.list;
    const answers = await Promise.allSettled(
      asked.map((connection) => from(connection, address.traceId, signal, onProgress)),
    );
    signal.throwIfAborted();
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    const said = answers.map((answer, index) => {
      const { name } = asked[index];
      if (answer.status === "fulfilled")
        return `${countText(answer.value.trace.length, "span")} from ${name}`;
      return isMissing(answer.reason)
        ? `none from ${name}`
        : `${name} could not be asked: ${messageOf(answer.reason)}`;
    });
    if (found.length === 0) {
      throw new UserError(`Trace ${address.traceId} was not found. ${said.join("; ")}.`, {
        action: "editConnection",
        code: "notFound",
      });
    }
    const { trace, hotspots } = await merge(
      found.map((one) => one.trace),
      signal,
    );
    if (trace === undefined) throw new UserError("The answers could not be merged.", { action: "openLog" });
    return {
      trace,
      hotspots,
      summary: mergedSummary(found, trace),
      siblings: [],
      logs: found
        .flatMap((one) => {
          const later = Number(one.trace.epoch - trace.epoch);
          return (one.logs ?? []).map((log) => ({ ...log, time: log.time + later }));
        })
        .sort((a, b) => a.time - b.time),
      notes: [`Merged: ${said.join("; ")}.`, ...found.flatMap((one) => one.notes ?? [])],
      partial: found.some((one) => one.partial === true),
      live: found.some((one) => one.live === true),
      address,
      from: found.map((one) => one.from).join(" + "),
    };
  }

  return async (address, signal, onProgress) => {
    if (address.kind === "file") return fromFile(address.path, address.traceId, signal, onProgress);
    const { traceId } = address;
    if (address.merged === true) return fromAll(address, signal, onProgress);
    const first = connections.named(address.connection);
    const others = connections.list.filter((connection) => connection !== first);
    if (first === undefined && others.length === 0) {
      throw new UserError("There is no connection to fetch the trace from. Add one, or open a trace file.", {
        action: "editConnection",
      });
    }
    const said: string[] = [];
    if (first !== undefined) {
      try {
        return await from(first, traceId, signal, onProgress);
      } catch (error) {
        if (!isMissing(error)) throw error;
        if (others.length === 0) throw first.kind === "local" ? error : withReasons(error);
        said.push(`${first.name} does not have it.`);
      }
    }
    const found = await firstOf(
      others,
      (connection, ended) => from(connection, traceId, ended, onProgress),
      signal,
    );
    signal.throwIfAborted();
    if ("value" in found) return found.value;
    for (const [index, reason] of found.reasons.entries()) {
      const { name } = others[index];
      said.push(
        isMissing(reason) ? `${name} does not have it.` : `${name} could not be asked: ${messageOf(reason)}`,
      );
    }
    throw new UserError(`Trace ${traceId} was not found. ${said.join(" ")} ${whyMissing}`, {
      action: "editConnection",
      code: "notFound",
    });
  };
}

/** A file over the limit is refused before it is read; what it inflates to is counted while it is. */
async function refuseTooLarge(path: string): Promise<void> {
  const limit = setting("limits.traceSize");
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= limit * 2 ** 20) return;
  const is = `${basename(path)} has ${sizeText(size)}`;
  throw new UserError(`${is}. Raise traceline.limits.traceSize (${countText(limit)} MB) to read it.`, {
    action: "openSettings",
  });
}

/** The first that answers, the others being ended; or why each did not, in their order. */
async function firstOf<T>(
  connections: readonly Connection[],
  ask: (connection: Connection, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<{ value: T } | { reasons: readonly unknown[] }> {
  const tries = connections.map((connection) => {
    const controller = new AbortController();
    return { controller, answer: ask(connection, AbortSignal.any([signal, controller.signal])) };
  });
  try {
    const first = await Promise.any(
      tries.map(async ({ controller, answer }) => ({ controller, value: await answer })),
    );
    // The one that answered may still be counting its hotspots.
    for (const { controller } of tries) if (controller !== first.controller) controller.abort();
    return { value: first.value };
  } catch (error) {
    return { reasons: error instanceof AggregateError ? error.errors : [error] };
  }
}

/** Asks for each form the id may be kept under: a backend may hold a 64-bit id without its leading zeros. */
async function askFor(
  ask: (id: string, signal: AbortSignal) => Promise<SourcedTrace>,
  traceId: string,
  signal: AbortSignal,
): Promise<SourcedTrace> {
  const [first, ...others] = traceIdForms(traceId);
  try {
    return await ask(first, signal);
  } catch (error) {
    if (!isMissing(error) || others.length === 0) throw error;
    return ask(others[0], signal);
  }
}

function messageOf(error: unknown): string {
  return error instanceof UserError ? error.message : "an unexpected error.";
}

/** A trace that is nowhere may be late, gone or never kept: what the person can check. */
const whyMissing = "It may not have arrived yet, be older than what is kept there, or not have been sampled.";

function isMissing(error: unknown): error is UserError {
  return error instanceof UserError && error.code === "notFound";
}

function withReasons(error: UserError): UserError {
  const { action, code } = error;
  return new UserError(`${error.message} ${whyMissing}`, { action, code, cause: error });
}

function mergedSummary(found: readonly LoadedTrace[], trace: Trace): TraceSummary {
  const whole = found.map((one) => one.summary).reduce((a, b) => (b.spans > a.spans ? b : a));
  const services = new Map(
    found.flatMap((one) => one.summary.services).map((service) => [service.name, service]),
  );
  return {
    ...whole,
    startMs: Number(trace.epoch / 1_000_000n),
    durationNs: trace.end,
    spans: trace.length,
    errors: Math.max(...found.map((one) => one.summary.errors)),
    services: [...services.values()],
  };
}
