import * as vscode from "vscode";
import type { TraceSource } from "../backends/backend.ts";
import { durationText } from "../model/durationText.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";
import { pickFetched } from "./searchBox.ts";
import { formFields, formFor, hasFilters } from "./searchFields.ts";
import { allConnections, anyTrace, durationOf, type SearchForm, searchTitle } from "./searchQuery.ts";
import { askTags } from "./tagsBox.ts";
import { askTraceql } from "./traceqlBox.ts";
import { TraceqlNames } from "./traceqlNames.ts";

interface Row extends vscode.QuickPickItem {
  readonly field?: keyof SearchForm;
  readonly past?: SearchForm;
  readonly does?: "search" | "edit" | "clear";
}

/** The search form: one list of fields with their values. Undefined when it was closed, or left for an editor. */
export async function fillSearchForm(
  start: SearchForm,
  past: readonly SearchForm[],
  connections: Connections,
): Promise<SearchForm | undefined> {
  const names = new TraceqlNames(Date.now);
  let form = start;
  let lastField: keyof SearchForm | undefined;
  for (;;) {
    const sources = sourcesOf(connections, form.connection);
    form = formFor(form, sources.map(searched));
    const picked = await pickRow(rowsOf(form, past, sources, connections), lastField);
    if (picked === undefined) return undefined;
    if (picked.does === "search") return form;
    if (picked.does === "edit") return leaveForEditor(form);
    if (picked.does === "clear") form = { ...form, ...anyTrace };
    if (picked.past !== undefined) return picked.past;
    if (picked.field === undefined) continue;
    lastField = picked.field;
    if (lastField !== "text") {
      form = (await editField(form, lastField, connections, sources, names)) ?? form;
      continue;
    }
    const answer = await askTraceql(form.text, textsOf(past));
    if (answer === "edit") return leaveForEditor(form);
    form = { ...form, text: answer ?? form.text };
  }
}

function sourcesOf(connections: Connections, name: string): readonly TraceSource[] {
  const { list, active } = connections;
  const asked = name === allConnections ? list : [connections.named(name) ?? active ?? list[0]];
  return asked.map((connection) => connections.source(connection));
}

function searched({ connection, can }: TraceSource) {
  return { name: connection.name, can };
}

function textsOf(past: readonly SearchForm[]): readonly string[] {
  return [...new Set(past.map(({ text }) => text).filter((text) => text !== ""))];
}

/** The editor goes on with what the form says. */
async function leaveForEditor(form: SearchForm): Promise<undefined> {
  await vscode.commands.executeCommand("traceline.editTraceQL", form);
  return undefined;
}

function rowsOf(
  form: SearchForm,
  past: readonly SearchForm[],
  sources: readonly TraceSource[],
  connections: Connections,
): Row[] {
  const rows: Row[] = [{ label: "$(search) Search", description: searchTitle(form), does: "search" }];
  rows.push({ label: "", kind: vscode.QuickPickItemKind.Separator });
  for (const field of formFields(form, sources.map(searched), connections.list.length)) {
    const { name, label, value, icon } = field;
    rows.push({ label: `$(${icon}) ${label}`, description: plainLabel(value), field: name });
    if (name === "text")
      rows.push({
        label: "$(edit) Edit TraceQL",
        description: "in an editor, with completion",
        does: "edit",
      });
  }
  if (hasFilters(form)) rows.push({ label: "$(clear-all) Clear All", description: "filters", does: "clear" });
  if (past.length > 0) rows.push({ label: "past searches", kind: vscode.QuickPickItemKind.Separator });
  for (const entry of past) {
    rows.push({
      label: `$(history) ${searchTitle(entry)}`,
      description: entry.connection === allConnections ? "all connections" : plainLabel(entry.connection),
      past: entry,
    });
  }
  return rows;
}

function pickRow(rows: Row[], active: keyof SearchForm | undefined): Promise<Row | undefined> {
  const box = vscode.window.createQuickPick<Row>();
  box.title = "Search Traces";
  box.placeholder = "Set what to search for, then Search";
  box.matchOnDescription = true;
  box.items = rows;
  const again = rows.find((row) => row.field === active && active !== undefined);
  if (again !== undefined) box.activeItems = [again];
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      resolve(box.selectedItems[0]);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

async function editField(
  form: SearchForm,
  field: Exclude<keyof SearchForm, "text">,
  connections: Connections,
  sources: readonly TraceSource[],
  names: TraceqlNames,
): Promise<SearchForm | undefined> {
  switch (field) {
    case "connection": {
      const connection = await pickConnection(connections, form.connection);
      return connection === undefined ? undefined : { ...form, connection, service: "", operation: "" };
    }
    case "service": {
      const list = (signal: AbortSignal) => namesOfAll(sources, (source) => source.services(signal));
      const service = await pickFetched("Service", list, form.service, "All services");
      return service === undefined
        ? undefined
        : { ...form, service, operation: service === form.service ? form.operation : "" };
    }
    case "operation": {
      const list = (signal: AbortSignal) =>
        namesOfAll(sources, (source) => source.operations(form.service, signal, form.kind || undefined));
      const operation = await pickFetched("Operation", list, form.operation, "All operations");
      return operation === undefined ? undefined : { ...form, operation };
    }
    case "remoteService": {
      const list = (signal: AbortSignal) =>
        namesOfAll(sources, async (source) =>
          // Whom all services together call nobody lists; mostly it is one of them.
          form.service === ""
            ? source.services(signal)
            : ((await source.remoteServices?.(form.service, signal)) ?? []),
        );
      const remoteService = await pickFetched("Remote service", list, form.remoteService, "Any service");
      return remoteService === undefined ? undefined : { ...form, remoteService };
    }
    case "kind": {
      const kind = await pickText(
        "Span kind",
        ["any", "server", "client", "producer", "consumer", "internal"],
        form.kind,
      );
      return kind === undefined ? undefined : { ...form, kind: kind === "any" ? "" : kind };
    }
    case "errorsOnly":
      return { ...form, errorsOnly: !form.errorsOnly };
    case "tags": {
      const tags = await askTags(form.tags, sources, names);
      return tags === undefined ? undefined : { ...form, tags };
    }
    case "minDuration":
    case "maxDuration":
      return typed(
        form,
        field,
        field === "minDuration" ? "Minimum duration" : "Maximum duration",
        "250ms, 1.5s, 2m; empty for none",
        (text) => durationProblem(form, field, text),
      );
    case "lookback": {
      const lookback = await pickText(
        "Time range",
        ["15m", "1h", "3h", "6h", "12h", "1d", "2d", "7d"],
        form.lookback,
      );
      return lookback === undefined ? undefined : { ...form, lookback };
    }
    case "limit": {
      const limit = await pickText(
        "Limit",
        ["10", "20", "50", "100", "200", "500", "1000"],
        String(form.limit),
      );
      return limit === undefined ? undefined : { ...form, limit: Number(limit) };
    }
  }
}

/** What any of the sources names, in order; rejects when all of them do. */
async function namesOfAll(
  sources: readonly TraceSource[],
  ask: (source: TraceSource) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (sources.length === 1) return ask(sources[0]);
  const answers = await Promise.allSettled(sources.map(ask));
  const failed = answers.filter((answer) => answer.status === "rejected");
  if (failed.length === answers.length) throw failed[0].reason;
  const names = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  return [...new Set(names)].sort();
}

function durationProblem(
  form: SearchForm,
  field: "minDuration" | "maxDuration",
  text: string,
): string | undefined {
  const duration = durationOf(text);
  if (duration === undefined) return "Not a duration. Examples: 250ms, 1.5s, 2m";
  const other = durationOf(field === "minDuration" ? form.maxDuration : form.minDuration) ?? 0;
  if (duration === 0 || other === 0) return undefined;
  const isOrdered = field === "minDuration" ? duration <= other : duration >= other;
  const which = field === "minDuration" ? "maximum" : "minimum";
  return isOrdered ? undefined : `The ${which} is ${durationText(other)}.`;
}

async function typed(
  form: SearchForm,
  field: "minDuration" | "maxDuration",
  title: string,
  prompt: string,
  validateInput: (text: string) => string | undefined,
): Promise<SearchForm | undefined> {
  const text = await vscode.window.showInputBox({ title, prompt, value: form[field], validateInput });
  return text === undefined ? undefined : { ...form, [field]: text.trim() };
}

async function pickConnection(connections: Connections, active: string): Promise<string | undefined> {
  const { list } = connections;
  const items = [
    {
      label: "All connections",
      description: "asked at once",
      value: allConnections,
    },
    ...list.map(({ name, url }) => ({ label: plainLabel(name), description: plainLabel(url), value: name })),
  ];
  const placeHolder = active === allConnections ? "All connections" : plainLabel(active);
  return (await vscode.window.showQuickPick(items, { title: "Connection", placeHolder }))?.value;
}

async function pickText(title: string, list: readonly string[], active: string): Promise<string | undefined> {
  const items = list.map((value) => ({ label: plainLabel(value), value, picked: value === active }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: active }))?.value;
}
