import type { Capabilities } from "../backends/backend.ts";
import { plainLabel } from "./plainLabel.ts";
import { allConnections, type SearchForm } from "./searchQuery.ts";

/** A field of the search form as it is listed. */
export interface FormField {
  readonly name: keyof SearchForm;
  readonly label: string;
  readonly value: string;
  /** Name of a product icon. */
  readonly icon: string;
}

/** A connection as the form sees it. */
export interface Searched {
  readonly name: string;
  readonly can: Capabilities;
}

type Filter = Exclude<keyof SearchForm, "connection" | "limit" | "lookback">;

/** What a filter asks of a backend, and how it is named in a sentence: "search by …". */
const filters: Readonly<
  Record<Filter, { readonly can: (can: Capabilities) => boolean; readonly said: string }>
> = {
  service: { can: (can) => can.services, said: "service" },
  operation: { can: (can) => can.operations, said: "operation" },
  kind: { can: (can) => can.spanKinds === true, said: "span kind" },
  remoteService: { can: (can) => can.remoteServices === true, said: "remote service" },
  // Where tags can be searched, so can the tag that failed spans have.
  errorsOnly: { can: (can) => can.tags || can.language !== undefined, said: "errors" },
  tags: { can: (can) => can.tags, said: "tags" },
  minDuration: { can: (can) => can.duration, said: "duration" },
  maxDuration: { can: (can) => can.duration, said: "duration" },
  text: { can: (can) => can.language === "traceql", said: "TraceQL" },
};
const filterNames = Object.keys(filters) as Filter[];

function isSet(form: SearchForm, name: Filter): boolean {
  return form[name] !== "" && form[name] !== false;
}

/** Whether anything is asked for but where, how far back and how much. */
export function hasFilters(form: SearchForm): boolean {
  return filterNames.some((name) => isSet(form, name));
}

/** The filters in force: a query in a language leaves out all others. */
function inForce(form: SearchForm): Filter[] {
  return form.text === "" ? filterNames.filter((name) => isSet(form, name)) : ["text"];
}

/** Why a connection cannot be asked what the form says, or "": a filter it does not know would find what nobody asked for. */
export function cannotSearch(form: SearchForm, can: Capabilities): string {
  const unknown = inForce(form).filter((name) => !filters[name].can(can));
  const said = [...new Set(unknown.map((name) => filters[name].said))];
  return said.length === 0 ? "" : `cannot search by ${said.join(" and ")}`;
}

/** The form without what none of these connections can search by: nothing that is not seen is sent. */
export function formFor(form: SearchForm, searched: readonly Searched[]): SearchForm {
  const changed: Record<string, string | boolean> = {};
  for (const name of filterNames) {
    if (searched.some(({ can }) => filters[name].can(can))) continue;
    changed[name] = name === "errorsOnly" ? false : "";
  }
  return { ...form, ...changed };
}

/**
 * The fields of the form, in order: those that one of the connections asked can search by. Where only some of several can, the
 * value says which one, or how many; with a query in a language only what counts beside it is there.
 */
export function formFields(
  form: SearchForm,
  searched: readonly Searched[],
  connections: number,
): FormField[] {
  const fields: FormField[] = [];
  const able = (test: (can: Capabilities) => boolean) => searched.filter(({ can }) => test(can));
  const add = (
    name: keyof SearchForm,
    label: string,
    value: string,
    icon: string,
    by: readonly Searched[],
  ) => {
    if (by.length === 0) return;
    const some =
      by.length === 1 ? `${plainLabel(by[0].name, 24)} only` : `${by.length} of ${searched.length}`;
    fields.push({ name, label, value: by.length < searched.length ? `${value} (${some})` : value, icon });
  };
  const filter = (name: Filter, label: string, value: string, icon: string) =>
    add(name, label, value, icon, able(filters[name].can));

  if (connections > 1) {
    const all = `all ${connections} connections`;
    add(
      "connection",
      "Connection",
      form.connection === allConnections ? all : form.connection,
      "server-environment",
      searched,
    );
  }
  if (form.text === "") {
    const oneByOne = searched.some(({ can }) => !can.searchWithoutService);
    filter(
      "service",
      "Service",
      form.service || (oneByOne ? "all, one after another" : "all"),
      "symbol-module",
    );
    const isAnyService = form.service === "";
    if (!isAnyService || !oneByOne)
      filter("operation", "Operation", form.operation || "all", "symbol-method");
    filter("kind", "Span kind", form.kind || "any", "symbol-enum");
    filter("remoteService", "Remote service", form.remoteService || "any", "link-external");
    filter("errorsOnly", "Errors", form.errorsOnly ? "only" : "any", "error");
    filter("tags", "Tags", form.tags || "none", "tag");
    filter("minDuration", "Minimum duration", form.minDuration || "none", "watch");
    filter("maxDuration", "Maximum duration", form.maxDuration || "none", "watch");
  }
  filter("text", "TraceQL", form.text || "none", "code");
  add(
    "lookback",
    "Time range",
    `last ${form.lookback}`,
    "history",
    able((can) => can.timeRange),
  );
  const each = searched.length > 1 ? " each" : "";
  add(
    "limit",
    "Limit",
    `${form.limit} traces${each}`,
    "list-ordered",
    able((can) => can.limit),
  );
  return fields;
}
