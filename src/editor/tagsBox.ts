import * as vscode from "vscode";
import type { TraceSource } from "../backends/backend.ts";
import { countText } from "../model/countText.ts";
import { plainLabel } from "./plainLabel.ts";
import { isTags, tagChoices, tagKeys, tagTyped, tagValue } from "./tagChoices.ts";
import type { TraceqlNames } from "./traceqlNames.ts";

interface Row extends vscode.QuickPickItem {
  /** Goes on with this text. */
  readonly text?: string;
  readonly takes?: true;
}

const prompt = "key=value pairs, separated by spaces";

/**
 * Asks for tags. Where a backend tells the keys it has, and their values, they are offered as they are typed; one that does
 * not answer offers none. Undefined when the box was closed.
 */
export async function askTags(
  value: string,
  sources: readonly TraceSource[],
  names: TraceqlNames,
): Promise<string | undefined> {
  const telling = sources.filter((source) => source.attributeNames !== undefined);
  if (telling.length > 0) return pickTags(value, telling, names);
  const validateInput = (text: string) => (isTags(text) ? undefined : notTags);
  return (await vscode.window.showInputBox({ title: "Tags", prompt, value, validateInput }))?.trim();
}

const notTags = "Not key=value pairs. Example: http.response.status_code=500 error=true";

function pickTags(
  value: string,
  sources: readonly TraceSource[],
  names: TraceqlNames,
): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<Row>();
  const closed = new AbortController();
  const keysOf = new Map<TraceSource, Map<string, string>>();
  const valuesOf = new Map<string, string[]>();
  let hasKeys = false;
  box.title = "Tags";
  box.placeholder = prompt;
  box.value = value === "" ? "" : `${value} `;

  /** What each source tells, those that fail nothing. */
  async function gather<T>(
    ask: (source: TraceSource) => Promise<T>,
    take: (told: T, of: TraceSource) => void,
  ) {
    box.busy = true;
    await Promise.all(
      sources.map(async (source) =>
        ask(source).then(
          (told) => take(told, source),
          () => {},
        ),
      ),
    );
    if (closed.signal.aborted) return;
    box.busy = false;
    update();
  }

  function askForValues(key: string): void {
    if (key === "" || valuesOf.has(key)) return;
    const values: string[] = [];
    valuesOf.set(key, values);
    const ask = async (source: TraceSource) => {
      const name = keysOf.get(source)?.get(key);
      return name === undefined ? [] : names.values(source, name, closed.signal);
    };
    void gather(ask, (told, source) => {
      for (const one of told) values.push(tagValue(source, one));
    });
  }

  function update(): void {
    const text = box.value;
    const { key, value: typed } = tagTyped(text);
    if (typed !== undefined && hasKeys) askForValues(key);
    const keys = [...new Set([...keysOf.values()].flatMap((map) => [...map.keys()]))].sort();
    const { choices, hidden } = tagChoices(text, keys, [...new Set(valuesOf.get(key))]);
    const offered: Row[] = choices.map((one) => ({
      label: plainLabel(one.label),
      text: one.text,
      alwaysShow: true,
    }));
    if (hidden > 0) offered.push({ label: `${countText(hidden)} more: type to narrow`, alwaysShow: true });
    const use = useOf(text);
    // What is wanted after "=" is a value; else Enter takes what has been typed.
    const isUseFirst = use.takes === true && typed !== "";
    box.items = isUseFirst ? [use, ...offered] : [...offered, use];
  }

  update();
  void gather(
    (source) => names.names(source, closed.signal),
    (told, source) => keysOf.set(source, tagKeys(source, told)),
  ).then(() => {
    hasKeys = true;
    if (!closed.signal.aborted) update();
  });
  return new Promise((resolve) => {
    box.onDidChangeValue(update);
    box.onDidAccept(() => {
      // Enter right after a key meets rows that are being replaced.
      const row = box.selectedItems[0] ?? box.items[0];
      if (row?.text !== undefined) {
        box.value = row.text;
        update();
      } else if (row?.takes) {
        resolve(box.value.trim());
        box.hide();
      }
    });
    box.onDidHide(() => {
      closed.abort();
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

/** The tags are beside the label: VS Code moves rows to the top whose label has what is typed. */
function useOf(text: string): Row {
  if (!isTags(text)) return { label: "$(info)", description: notTags, alwaysShow: true };
  const description = plainLabel(text.trim());
  const label = description === "" ? "$(check) No tags" : "$(check) Use these tags";
  return { label, description, takes: true, alwaysShow: true };
}
