import type { Frame } from "./frame.ts";
import { nameInSource } from "./sourceName.ts";
import { type Position, sourcePosition } from "./sourcePosition.ts";

/** A place in the program's own code. */
export interface Site extends Position {
  /** As the runtime names it in a stack trace, `Cart.load`; "" at the top level of a module and where the source has no such name. */
  readonly name: string;
}

interface Stacks {
  prepareStackTrace?: unknown;
  stackTraceLimit: number;
  captureStackTrace(on: object, below: unknown): void;
}

type Call = (...given: never[]) => unknown;

/**
 * How far out is looked, first and then: mostly the code that starts a span is the caller, and a frame costs 0.1 µs; between
 * a span of an instrumentation and the code that caused it lie the frames of libraries.
 */
const reaches = [8, 48];
/** Distinct places are few; a program that makes code as it goes must not fill the memory. */
const mostKept = 10_000;
const sites = new Map<string, Site | undefined>();

/** The innermost frame outside of `below` that is the program's own code; undefined when no frame within reach is. */
export function callSite(below: Call): Site | undefined {
  for (const reach of reaches) {
    const frames = framesBelow(below, reach);
    for (const frame of frames) {
      const site = siteOf(frame);
      if (site !== undefined) return site;
    }
    if (frames.length < reach) return undefined;
  }
  return undefined;
}

function siteOf(frame: Frame): Site | undefined {
  const file = frame.getFileName();
  if (typeof file !== "string" || isForeign(file)) return undefined;
  const line = frame.getLineNumber() ?? 0;
  const column = frame.getColumnNumber() ?? 0;
  const key = `${file}:${line}:${column}`;
  if (sites.has(key)) return sites.get(key);
  const position = sourcePosition(frame, file);
  const name = frameName(frame);
  // In a bundle the SDK's own code is in the program's file.
  const isOwn = position !== undefined && !/(?:^|\.)(?:startSpan|startActiveSpan)$/.test(name);
  const site = isOwn ? { ...position, name: nameInSource(name, position, file) } : undefined;
  if (sites.size >= mostKept) sites.clear();
  sites.set(key, site);
  return site;
}

/** Runtime, packages, evaluated text: by the name that V8 has of the script, so without asking where in it. */
function isForeign(file: string): boolean {
  return (
    file.startsWith("node:") ||
    file.includes("node_modules") ||
    !(file.startsWith("/") || file.startsWith("file:") || /^[a-zA-Z]:[\\/]|^\\\\/.test(file))
  );
}

/** Receivers that say nothing of where a function is defined. */
const plainTypes = new Set([
  "Object",
  "Function",
  "Module",
  "global",
  "globalThis",
  "process",
  "Array",
  "Promise",
]);

function frameName(frame: Frame): string {
  const name = frame.getFunctionName() ?? "";
  if (name === "" || name.includes(".")) return name;
  const type = frame.getTypeName() ?? "";
  return type === "" || type === name || plainTypes.has(type) ? name : `${type}.${name}`;
}

/** The stack as V8's call sites, innermost first; the program's own way to print stacks stays as it was. */
function framesBelow(below: Call, reach: number): readonly Frame[] {
  const stacks = Error as unknown as Stacks;
  const { prepareStackTrace, stackTraceLimit } = stacks;
  const holder: { stack?: unknown } = {};
  try {
    stacks.prepareStackTrace = keepFrames;
    stacks.stackTraceLimit = reach;
    stacks.captureStackTrace(holder, below);
    return Array.isArray(holder.stack) ? (holder.stack as Frame[]) : [];
  } finally {
    stacks.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) delete stacks.prepareStackTrace;
    else stacks.prepareStackTrace = prepareStackTrace;
  }
}

function keepFrames(_error: unknown, frames: unknown): unknown {
  return frames;
}
