import * as vscode from "vscode";
import type { Connection, TraceSource } from "../backends/backend.ts";
import { durationText } from "../model/durationText.ts";
import { plainLabel } from "./plainLabel.ts";
import { durationOf, type SearchForm, searchTitle, tagsOf } from "./searchQuery.ts";
import { isCancelled } from "./tell.ts";

interface Field extends vscode.QuickPickItem {
  readonly field?: keyof SearchForm;
  readonly past?: SearchForm;
  readonly run?: true;
}

/** The search form: one list of fields with their values. Undefined when it was closed. */
export async function fillSearchForm(
  start: SearchForm,
  past: readonly SearchForm[],
  connections: readonly Connection[],
  sourceOf: (connection: Connection) => TraceSource,
): Promise<SearchForm | undefined> {
  let form = start;
  let lastField: keyof SearchForm | undefined;
  for (;;) {
    const connection = connections.find((known) => known.name === form.connection) ?? connections[0];
    const source = sourceOf(connection);
    const items = fieldsOf(form, past, connections.length > 1, source);
    const picked = await pickField(items, lastField);
    if (picked === undefined) return undefined;
    if (picked.run) return form;
    if (picked.past !== undefined) return picked.past;
    if (picked.field === undefined) continue;
    lastField = picked.field;
    form = (await editField(form, picked.field, connections, source)) ?? form;
  }
}

function fieldsOf(
  form: SearchForm,
  past: readonly SearchForm[],
  several: boolean,
  source: TraceSource,
): Field[] {
  const { can } = source;
  const field = (name: keyof SearchForm, label: string, value: string, icon: string): Field => ({
    label: `$(${icon}) ${label}`,
    description: plainLabel(value),
    field: name,
  });
  const fields: Field[] = [{ label: "$(search) Search", description: searchTitle(form), run: true }];
  fields.push({ label: "", kind: vscode.QuickPickItemKind.Separator });
  if (several) fields.push(field("connection", "Connection", form.connection, "server-environment"));
  const anyService = can.searchWithoutService ? "all" : "all, one after another";
  if (can.services) fields.push(field("service", "Service", form.service || anyService, "symbol-module"));
  if (can.operations && form.service !== "")
    fields.push(field("operation", "Operation", form.operation || "all", "symbol-method"));
  if (can.tags) fields.push(field("tags", "Tags", form.tags || "none", "tag"));
  if (can.duration) {
    fields.push(field("minDuration", "Minimum duration", form.minDuration || "none", "watch"));
    fields.push(field("maxDuration", "Maximum duration", form.maxDuration || "none", "watch"));
  }
  if (can.timeRange) fields.push(field("lookback", "Time range", `last ${form.lookback}`, "history"));
  if (can.limit) fields.push(field("limit", "Limit", `${form.limit} traces`, "list-ordered"));
  if (past.length > 0) fields.push({ label: "past searches", kind: vscode.QuickPickItemKind.Separator });
  for (const entry of past) {
    fields.push({
      label: `$(history) ${searchTitle(entry)}`,
      description: plainLabel(entry.connection),
      past: entry,
    });
  }
  return fields;
}

function pickField(items: Field[], active: keyof SearchForm | undefined): Promise<Field | undefined> {
  const box = vscode.window.createQuickPick<Field>();
  box.title = "Search Traces";
  box.placeholder = "Set what to search for, then Search";
  box.matchOnDescription = true;
  box.items = items;
  const again = items.find((item) => item.field === active && active !== undefined);
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
  field: keyof SearchForm,
  connections: readonly Connection[],
  source: TraceSource,
): Promise<SearchForm | undefined> {
  switch (field) {
    case "connection": {
      const name = await pickText(
        "Connection",
        connections.map((connection) => connection.name),
        form.connection,
      );
      return name === undefined ? undefined : { ...form, connection: name, service: "", operation: "" };
    }
    case "service": {
      const list = (signal: AbortSignal) => source.services(signal);
      const service = await pickFetched("Service", list, form.service, "All services");
      return service === undefined
        ? undefined
        : { ...form, service, operation: service === form.service ? form.operation : "" };
    }
    case "operation": {
      const list = (signal: AbortSignal) => source.operations(form.service, signal);
      const operation = await pickFetched("Operation", list, form.operation, "All operations");
      return operation === undefined ? undefined : { ...form, operation };
    }
    case "tags":
      return typed(
        form,
        field,
        "Tags",
        "key=value, several separated by spaces; quote values that have spaces",
        (text) =>
          tagsOf(text) === undefined
            ? "Not key=value pairs. Example: http.status_code=500 error=true"
            : undefined,
      );
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
  return isOrdered ? undefined : `The other limit is ${durationText(other)}.`;
}

async function typed(
  form: SearchForm,
  field: "tags" | "minDuration" | "maxDuration",
  title: string,
  prompt: string,
  validateInput: (text: string) => string | undefined,
): Promise<SearchForm | undefined> {
  const text = await vscode.window.showInputBox({ title, prompt, value: form[field], validateInput });
  return text === undefined ? undefined : { ...form, [field]: text.trim() };
}

async function pickText(title: string, list: readonly string[], active: string): Promise<string | undefined> {
  const items = list.map((value) => ({ label: plainLabel(value), value, picked: value === active }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: active }))?.value;
}

/** A list that is fetched while the box is open; what is typed may be taken even when it is not in the list. */
function pickFetched(
  title: string,
  fetch: (signal: AbortSignal) => Promise<readonly string[]>,
  active: string,
  none: string,
): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { value?: string }>();
  const controller = new AbortController();
  let names: readonly string[] = [];
  let problem = "";
  box.title = title;
  box.placeholder = active === "" ? "Type to filter" : active;
  box.busy = true;
  const update = () => {
    const text = box.value.trim();
    box.items = [
      { label: none, value: "" },
      ...names.map((value) => ({ label: plainLabel(value), value })),
      ...(text !== "" && !names.includes(text)
        ? [{ label: `Use "${plainLabel(text)}"`, value: text, alwaysShow: true }]
        : []),
      ...(problem === "" ? [] : [{ label: plainLabel(problem), alwaysShow: true }]),
    ];
  };
  update();
  void fetch(controller.signal).then(
    (list) => {
      names = list;
      box.busy = false;
      if (list.length === 0) problem = `No ${title.toLowerCase()} is known there yet.`;
      update();
    },
    (error: unknown) => {
      box.busy = false;
      if (!isCancelled(error)) problem = error instanceof Error ? error.message : String(error);
      update();
    },
  );
  return new Promise((resolve) => {
    box.onDidChangeValue(update);
    box.onDidAccept(() => {
      const text = box.value.trim();
      const value = box.selectedItems[0]?.value ?? (text === "" ? undefined : text);
      if (value === undefined) return;
      resolve(value);
      box.hide();
    });
    box.onDidHide(() => {
      controller.abort();
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
