import type { TraceSource } from "../backends/backend.ts";
import { namesShown } from "./searchNames.ts";
import { tagsOf } from "./searchQuery.ts";

/** The tag at the end of what is typed: its key, and behind "=" what there is of its value. */
export interface TagTyped {
  /** The pairs before it, as they were typed. */
  readonly before: string;
  readonly key: string;
  /** Undefined while the key is typed. */
  readonly value: string | undefined;
}

export function tagTyped(text: string): TagTyped {
  const pair = /\s*[^\s=]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]\S*|)\s+/y;
  let from = 0;
  while (pair.test(text)) from = pair.lastIndex;
  const [before, rest] = [text.slice(0, from), text.slice(from).trimStart()];
  const at = rest.indexOf("=");
  if (at < 0) return { before, key: rest, value: undefined };
  return { before, key: rest.slice(0, at), value: rest.slice(at + 1).replace(/^"/, "") };
}

/** A pair as the form writes it: a value that has spaces or quotes is quoted. */
export function tagPair(key: string, value: string): string {
  return /^[^\s"]+$/.test(value) ? `${key}=${value}` : `${key}="${value.replace(/["\\]/g, "\\$&")}"`;
}

/** Something that the box offers: the whole text once it is chosen. */
export interface TagChoice {
  readonly label: string;
  readonly text: string;
}

/** What can come next: keys until "=" is typed, then that key's values; with what is typed in them. */
export function tagChoices(
  text: string,
  keys: readonly string[],
  values: readonly string[],
): { readonly choices: readonly TagChoice[]; readonly hidden: number } {
  const { before, key, value } = tagTyped(text);
  const wanted = (value ?? key).toLowerCase();
  const fitting = (value === undefined ? keys : values).filter((name) => name.toLowerCase().includes(wanted));
  const { shown, hidden } = namesShown(fitting, "");
  const textOf = (name: string) => (value === undefined ? `${name}=` : `${tagPair(key, name)} `);
  return { choices: shown.map((name) => ({ label: name, text: before + textOf(name) })), hidden };
}

/** Whether a search can be made of it. */
export function isTags(text: string): boolean {
  return tagsOf(text) !== undefined;
}

/**
 * The keys a form can hold, each with the name by which this source knows its values. TraceQL's own words are no tags, and
 * the scope of what spans and resources have goes without saying.
 */
export function tagKeys(source: Pick<TraceSource, "can">, names: readonly string[]): Map<string, string> {
  const keys = new Map<string, string>();
  for (const name of names) {
    const key = source.can.language === "traceql" ? traceqlKey(name) : name;
    if (key !== undefined && /^[^\s="]+$/.test(key) && !keys.has(key)) keys.set(key, name);
  }
  return keys;
}

/** A value as a form holds it: TraceQL writes texts as literals. */
export function tagValue(source: Pick<TraceSource, "can">, value: string): string {
  const [, literal] = (source.can.language === "traceql" && /^"(.*)"$/s.exec(value)) || [];
  return literal === undefined ? value : literal.replace(/\\(["\\])/g, "$1");
}

function traceqlKey(name: string): string | undefined {
  if (!name.includes(".")) return undefined;
  return name.replace(/^(?:span|resource)?\./, "");
}
