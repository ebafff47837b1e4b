import type { Capabilities } from "../../backends/backend.ts";
import { traceqlAttribute, traceqlString } from "../../backends/traceql.ts";
import type { SpanPlace } from "../../model/hotspot.ts";
import { anyTrace, type SearchForm } from "../searchQuery.ts";

/** Attributes that name code: the present names, and those before semantic conventions 1.30. */
const names = {
  file: ["code.file.path", "code.filepath"],
  line: ["code.line.number", "code.lineno"],
  function: ["code.function.name", "code.function"],
} as const;

/** The search for traces with a span of this place, in the way that the source can be asked; where and how much is `form`'s. */
export function placeSearch(place: SpanPlace, form: SearchForm, can: Capabilities): SearchForm {
  const plain = { ...form, ...anyTrace };
  if (can.language === "traceql") return { ...plain, text: traceqlOf(place) };
  return { ...plain, service: place.service, tags: can.tags ? tagsOfPlace(place) : "" };
}

function traceqlOf({ service, file, line, function: called, name }: SpanPlace): string {
  const terms: string[] = [];
  const either = (keys: readonly string[], literal: string) =>
    terms.push(`(${keys.map((key) => `${traceqlAttribute("span", key)} = ${literal}`).join(" || ")})`);
  if (service !== "")
    terms.push(`${traceqlAttribute("resource", "service.name")} = ${traceqlString(service)}`);
  if (file !== "") either(names.file, traceqlString(file));
  if (file !== "" && line > 0) either(names.line, String(line));
  else if (called !== "") either(names.function, traceqlString(called));
  else if (file === "" && name !== "") terms.push(`name = ${traceqlString(name)}`);
  return `{ ${terms.join(" && ")} }`;
}

function tagsOfPlace({ file, line, function: called }: SpanPlace): string {
  const tags: string[] = [];
  const add = (key: string, value: string) =>
    tags.push(`${key}="${value.replace(/["\\]/g, (sign) => `\\${sign}`)}"`);
  if (file !== "") add(names.file[0], file);
  if (file !== "" && line > 0) add(names.line[0], String(line));
  else if (called !== "") add(names.function[0], called);
  return tags.join(" ");
}

/** Reads back what a lens or a hover hands over. */
export function asPlace(value: unknown): SpanPlace | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const text = (key: string) => (typeof given[key] === "string" ? (given[key] as string).slice(0, 1000) : "");
  const whole = (key: string) => (Number.isSafeInteger(given[key]) ? (given[key] as number) : 0);
  return {
    service: text("service"),
    language: text("language"),
    name: text("name"),
    file: text("file"),
    line: whole("line"),
    column: whole("column"),
    function: text("function"),
    route: text("route"),
  };
}
