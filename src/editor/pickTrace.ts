import * as vscode from "vscode";
import { countText } from "../model/countText.ts";
import { parseTraceReferences, type TraceReference } from "../model/traceReference.ts";
import type { TraceAddress } from "./address.ts";
import type { Connections } from "./connections.ts";
import { linkedConnection } from "./linkedConnection.ts";
import { plainLabel } from "./plainLabel.ts";
import type { RecentTraces } from "./recentTraces.ts";
import { rootLabel, summaryText } from "./traceItem.ts";

interface Choice extends vscode.QuickPickItem {
  readonly address?: TraceAddress;
  readonly references?: readonly TraceReference[];
  readonly file?: true;
}

/** What the person asked for in the Open Trace box: recent traces, ids and links, or a file. */
export interface Picked {
  readonly addresses: readonly TraceAddress[];
  readonly references: readonly TraceReference[];
  /** What was in the box: the links whole. */
  readonly text: string;
  readonly file: boolean;
}

/** The Open Trace box: type or paste anything that names traces, or pick a recent one. Undefined when it was closed. */
export function pickTrace(recent: RecentTraces, connections: Connections): Promise<Picked | undefined> {
  const box = vscode.window.createQuickPick<Choice>();
  box.title = "Open Trace";
  box.placeholder = "Trace ID, traceparent, or a link of a tracing backend; or pick a recent trace";
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  const now = Date.now();
  const recents: Choice[] = recent
    .list()
    .slice(0, 100)
    .map(({ address, summary }) => ({
      label: rootLabel(summary),
      description: summaryText(summary, now),
      detail: `${plainLabel(address.kind === "file" ? address.path : address.connection)} · ${plainLabel(summary.traceId)}`,
      address,
    }));
  const rest: Choice[] = [
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    { label: "$(folder-opened) Open a trace file…", file: true, alwaysShow: true },
  ];

  const update = () => {
    const references = parseTraceReferences(box.value);
    const asked: Choice[] = references.some((reference) => reference.ambiguous)
      ? references.map((reference) => askedFor([reference], box.value, connections))
      : references.length === 0
        ? []
        : [askedFor(references, box.value, connections)];
    const typed = box.value.trim();
    // Before the row of files, which Enter would take otherwise.
    const hint: Choice[] =
      references.length === 0 && typed !== "" && ![...recents, ...rest].some(has(typed))
        ? [{ label: "$(info) Not a trace ID, a header or a link that Traceline knows", alwaysShow: true }]
        : [];
    const heading: Choice[] =
      recents.length === 0 ? [] : [{ label: "recent", kind: vscode.QuickPickItemKind.Separator }];
    box.items = [...asked, ...heading, ...recents, ...hint, ...(references.length === 0 ? rest : [])];
  };
  update();

  return new Promise((resolve) => {
    box.onDidChangeValue(update);
    box.onDidAccept(() => {
      const picked = pickedOf(box.selectedItems[0], box.value);
      if (picked === undefined) return;
      resolve(picked);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

/** Whether the box shows a choice for a text that is in it, as VS Code matches them. */
function has(text: string): (choice: Choice) => boolean {
  const wanted = text.toLowerCase();
  return ({ label, description, detail }) =>
    [label, description, detail].some((part) => part?.toLowerCase().includes(wanted));
}

/** Who pastes and presses Enter at once accepts the list as it was before: what is in the box counts then. */
function pickedOf(choice: Choice | undefined, text: string): Picked | undefined {
  const none = { addresses: [], references: [], text, file: false };
  if (choice?.address !== undefined) return { ...none, addresses: [choice.address] };
  const typed = parseTraceReferences(text);
  const isPlain = typed.length > 0 && !typed.some((reference) => reference.ambiguous);
  const references = isPlain ? typed : choice?.references;
  if (references !== undefined) return { ...none, references };
  return choice?.file === true ? { ...none, file: true } : undefined;
}

function askedFor(references: readonly TraceReference[], text: string, connections: Connections): Choice {
  const [first] = references;
  const where = whereText(first, text, connections);
  return {
    label:
      references.length === 1
        ? `$(go-to-file) Open trace ${first.traceId}`
        : `$(go-to-file) Open ${countText(references.length, "trace")}`,
    description: references.length === 1 ? first.form : where,
    detail: references.length === 1 ? where : references.map((reference) => reference.traceId).join(", "),
    alwaysShow: true,
    references,
  };
}

function whereText(reference: TraceReference, text: string, { list, active }: Connections): string {
  const linked = linkedConnection(reference, text, list);
  if (linked === undefined && reference.origin !== undefined)
    return `at ${plainLabel(reference.origin)}, which is not a connection yet`;
  const connection = linked ?? active;
  return connection === undefined ? "no connection yet" : `in ${plainLabel(connection.name)}`;
}
