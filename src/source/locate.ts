import { attributeText } from "../model/attributes.ts";
import type { SpanPlace } from "../model/hotspot.ts";
import { Kind, type Trace } from "../model/trace.ts";
import type { Candidate, CandidateKind } from "./candidate.ts";
import { CandidateList } from "./candidateList.ts";
import { framesOf, symbolOf } from "./languages/index.ts";
import { isLibrary } from "./library.ts";
import { codeAttributes, numberOf, originPrefix, spanCode } from "./spanCode.ts";

/** Frames of one stack that become candidates: beyond them nobody looks for the line of a span. */
const framesTried = 30;

/** The places a span may mean, best first, each with its reason; code of libraries stands behind all but the span's name. */
export function locate(trace: Trace, row: number): Candidate[] {
  const code = spanCode(trace, row);
  const list = new CandidateList(trace.labels.at(trace.services[trace.service[row]]), languageOf(trace, row));
  addFile(list, code);
  addOrigin(list, code);
  addStack(list, "stack", "code.stacktrace", code.get("code.stacktrace"));
  for (const key of ["exception.stacktrace", "error.stack"]) {
    addStack(list, "exception", `the stack trace in ${key}`, code.get(key));
  }
  for (const stack of exceptionStacks(trace, row)) {
    addStack(list, "exception", "the stack trace of the span's exception", stack);
  }
  addFunction(list, code);
  addControllers(list, code);
  addRpc(list, code.get("rpc.service") ?? "", code.get("rpc.method") ?? "", trace.kind[row] === Kind.client);
  for (const key of ["http.route", "next.route", "url.template"]) list.addRoute(key, code.get(key));
  list.addName(trace.labels.at(trace.name[row]));
  return list.ranked();
}

/** As `locate`, for what a hotspot says of its code. */
export function locatePlace(place: SpanPlace): Candidate[] {
  const list = new CandidateList(place.service, place.language);
  if (place.file !== "")
    list.addPlace("file", { ...place, path: place.file }, fileReason(place.line), "sure");
  if (place.function !== "")
    list.addSymbol("function", place.function, "the function name in code.function.name", "likely");
  const call = /^([\w.]+)\/(\w+)$/.exec(place.route);
  if (call !== null) addRpc(list, call[1], call[2], false);
  else if (/^[/^]|\//.test(place.route)) list.addRoute("http.route", place.route);
  else if (place.route !== "")
    list.addSymbol("controller", place.route, "the controller the span names", "likely");
  list.addName(place.name);
  return list.ranked();
}

/** telemetry.sdk.language of the span's resource, or "". */
export function languageOf(trace: Trace, row: number): string {
  const key = trace.labels.find("telemetry.sdk.language");
  return attributeText(trace.resourceAttributes, trace.resource[row], key, trace.texts) ?? "";
}

function fileReason(line: number, key = "code.file.path", lineKey = "code.line.number"): string {
  return line > 0 ? `${key} and ${lineKey}` : `${key}, without a line`;
}

function addFile(list: CandidateList, code: ReadonlyMap<string, string>): void {
  const key = code.has("code.file.path") ? "code.file.path" : "code.filepath";
  const path = code.get(key);
  if (path === undefined) return;
  const lineKey = code.has("code.line.number") ? "code.line.number" : "code.lineno";
  const line = numberOf(code.get(lineKey));
  const column = numberOf(code.get("code.column.number") ?? code.get("code.column"));
  const place = { path, line, column, function: functionName(code, list.language) };
  list.addPlace("file", place, fileReason(line, key, lineKey), "sure");
}

function addOrigin(list: CandidateList, code: ReadonlyMap<string, string>): void {
  for (let n = 0; n < 8; n++) {
    const part = (name: string) => code.get(`${originPrefix}${n}.${name}`);
    const path = part("file");
    if (path === undefined) continue;
    const called = [part("type"), part("method")].filter((name) => name !== undefined).join(".");
    const place = { path, line: numberOf(part("line")), column: numberOf(part("column")), function: called };
    list.addPlace("origin", place, "Datadog's code origin", n === 0 ? "sure" : "likely");
  }
}

function addStack(list: CandidateList, kind: CandidateKind, reason: string, stack: string | undefined): void {
  if (stack === undefined) return;
  const { frames, language } = framesOf(stack, list.language);
  for (const frame of [...frames]
    .sort((a, b) => Number(isLibrary(a)) - Number(isLibrary(b)))
    .slice(0, framesTried)) {
    list.addPlace(kind, frame, reason, "sure", language);
  }
}

/** Stack traces of the row's events: at most four, for a retried call throws the same error again and again. */
function exceptionStacks(trace: Trace, row: number): string[] {
  const stackKey = trace.labels.find("stack");
  const stacks = new Set<string>();
  for (
    let event = trace.events.offset[row];
    event < trace.events.offset[row + 1] && stacks.size < 4;
    event++
  ) {
    const stack = stackOf(trace, event, stackKey);
    if (stack !== undefined) stacks.add(stack);
  }
  return [...stacks];
}

/** The stack trace of an event: as OpenTelemetry names it, as Datadog does, or as OpenTracing's logs do (`stack`). */
function stackOf(trace: Trace, event: number, stackKey: number): string | undefined {
  const { attributes } = trace.events;
  const found = codeAttributes(attributes, event, trace.labels, trace.texts);
  const standard = found.get("exception.stacktrace") ?? found.get("error.stack");
  return standard ?? attributeText(attributes, event, stackKey, trace.texts);
}

/** code.function.name, or the older pair joined as the language joins them; "" for none. */
function functionName(code: ReadonlyMap<string, string>, language: string): string {
  const name = code.get("code.function.name");
  if (name !== undefined) return name;
  const short = code.get("code.function");
  const space = code.get("code.namespace");
  if (short === undefined || space === undefined) return short ?? "";
  const separator =
    language === "rust" || language === "php" || space.includes("\\")
      ? "::"
      : language === "ruby"
        ? "#"
        : ".";
  return `${space}${separator}${short}`;
}

function addFunction(list: CandidateList, code: ReadonlyMap<string, string>): void {
  const name = functionName(code, list.language);
  const key = code.has("code.function.name") ? "code.function.name" : "code.namespace and code.function";
  if (name !== "") list.addSymbol("function", name, `the function name in ${key}`, "likely");
  else if (code.has("code.namespace")) {
    list.addSymbol("function", code.get("code.namespace") ?? "", "the class in code.namespace", "guess");
  }
}

function addControllers(list: CandidateList, code: ReadonlyMap<string, string>): void {
  const pair = (container: string, name: string, reason: string) => {
    const method = code.get(name);
    if (method === undefined) return;
    const owner = symbolOf(code.get(container) ?? "", list.language).name;
    list.addNamed(
      "controller",
      { name: method.replace(/^:/, ""), container: owner },
      method,
      reason,
      "likely",
    );
  };
  pair("nestjs.controller", "nestjs.callback", "nestjs.controller and nestjs.callback");
  pair("phoenix.plug", "phoenix.action", "phoenix.plug and phoenix.action");
  if (code.has("class")) pair("class", "method", "the class and method attributes");
  for (const key of ["celery.task_name", "messaging.sidekiq.job_class"]) {
    const name = code.get(key);
    if (name !== undefined) list.addSymbol("controller", name, key, "likely");
  }
  for (const framework of ["express", "koa"]) {
    const name = code.get(`${framework}.name`);
    if (name === undefined) continue;
    if (name.includes("/")) list.addRoute(`${framework}.name`, name);
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) && name !== "anonymous") {
      list.addSymbol("controller", name, `the handler in ${framework}.name`, "likely");
    }
  }
}

/** The method that serves a call is meant; a client only names it. Since v1.39 rpc.method holds "package.Service/Method". */
function addRpc(list: CandidateList, service: string, method: string, client: boolean): void {
  const slash = method.lastIndexOf("/");
  const name = method.slice(slash + 1);
  const whole = slash > 0 ? method.slice(0, slash) : service;
  const container = whole.slice(whole.lastIndexOf(".") + 1);
  list.addNamed("rpc", { name, container }, name, "rpc.service and rpc.method", client ? "guess" : "likely");
}
