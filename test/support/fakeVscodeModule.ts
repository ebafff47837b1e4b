/*
 * As much of the API of VS Code as the tests of `src/editor` need, in memory: settings of user and workspace, messages and
 * boxes that are answered by `editor.answer`, commands that are only noted.
 */

/** A message or a box that a person was asked. */
export interface Asked {
  readonly kind: "message" | "modal" | "pick" | "input";
  readonly text: string;
  /** The buttons, or the labels of the list. */
  readonly choices: readonly string[];
  readonly detail: string;
}

type Answer = string | undefined | Promise<string | undefined>;
type Listener<T> = (value: T) => void;

class Listeners<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>) => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

const changed = new Listeners<{ affectsConfiguration(name: string): boolean }>();
const granted = new Listeners<void>();
const created = new Listeners<{ path: string }>();
const never = new Listeners<never>();

/** What the tests set and look at. */
export const editor = {
  user: new Map<string, unknown>(),
  workspaceSettings: new Map<string, unknown>(),
  folderSettings: new Map<string, unknown>(),
  defaults: new Map<string, unknown>(),
  trusted: true,
  folder: undefined as string | undefined,
  /** Every message and box so far. */
  asked: [] as Asked[],
  commands: [] as unknown[][],
  /** Open documents, as far as what is tested needs of them. */
  documents: [] as unknown[],
  /** Those that were made, as they are now. */
  statusBarItems: [] as { text: string; tooltip?: { value: string }; command: string }[],
  /** Titles of progress that was shown. */
  progress: [] as string[],
  clipboard: "",
  opened: [] as string[],
  /** What the person answers: the label of a button or of a row, or what is typed; undefined closes. */
  answer: (_asked: Asked): Answer => undefined,

  reset(): void {
    this.user.clear();
    this.workspaceSettings.clear();
    this.folderSettings.clear();
    this.defaults.clear();
    this.trusted = true;
    this.folder = undefined;
    this.asked = [];
    this.commands = [];
    this.documents = [];
    this.statusBarItems = [];
    this.progress = [];
    this.clipboard = "";
    this.opened = [];
    this.answer = () => undefined;
  },

  /** Sets a setting of Traceline as by editing settings.json. */
  set(name: string, value: unknown, place: "user" | "workspace" = "user"): void {
    const values = place === "user" ? this.user : this.workspaceSettings;
    if (value === undefined) values.delete(name);
    else values.set(name, value);
    changed.fire({ affectsConfiguration: (asked) => asked === `traceline.${name}` });
  },

  grantTrust(): void {
    this.trusted = true;
    granted.fire();
  },

  createFile(path: string): void {
    created.fire({ path });
  },

  /** A memento in memory. */
  memento() {
    const values = new Map<string, unknown>();
    return {
      keys: () => [...values.keys()],
      get: (key: string, fallback?: unknown) => values.get(key) ?? fallback,
      update: async (key: string, value: unknown) => void values.set(key, value),
      setKeysForSync: () => {},
    };
  },

  /** A secret storage in memory; with `broken`, one that the machine does not have. */
  secretStorage(broken = false) {
    const values = new Map<string, string>();
    const checked = async <T>(act: () => T): Promise<T> => {
      if (broken) throw new Error("no keyring");
      return act();
    };
    return {
      values,
      get: (key: string) => checked(() => values.get(key)),
      store: (key: string, value: string) => checked(() => void values.set(key, value)),
      delete: (key: string) => checked(() => void values.delete(key)),
      keys: () => checked(() => [...values.keys()]),
      onDidChange: () => ({ dispose() {} }),
    };
  },
};

async function ask(asked: Asked): Promise<string | undefined> {
  editor.asked.push(asked);
  return editor.answer(asked);
}

async function message(text: string, ...rest: unknown[]): Promise<string | undefined> {
  const [first] = rest;
  const options =
    typeof first === "object" && first !== null ? (first as { modal?: boolean; detail?: string }) : {};
  const choices = rest.filter((choice): choice is string => typeof choice === "string");
  return ask({ kind: options.modal ? "modal" : "message", text, choices, detail: options.detail ?? "" });
}

interface Row {
  readonly label: string;
  readonly kind?: number;
}

/** A list box: it asks when it is shown, and accepts the row whose label is the answer, or the answer as what was typed. */
function createQuickPick() {
  const accepted = new Listeners<void>();
  const hidden = new Listeners<void>();
  const typed = new Listeners<string>();
  const buttons = new Listeners<unknown>();
  const box = {
    title: "",
    placeholder: "",
    prompt: "",
    value: "",
    busy: false,
    ignoreFocusOut: false,
    matchOnDescription: false,
    matchOnDetail: false,
    items: [] as readonly Row[],
    activeItems: [] as readonly Row[],
    selectedItems: [] as readonly Row[],
    onDidAccept: accepted.event,
    onDidHide: hidden.event,
    onDidChangeValue: typed.event,
    onDidTriggerItemButton: buttons.event,
    hide: () => hidden.fire(),
    dispose() {},
    show() {
      const choices = box.items.filter((row) => row.kind !== -1).map((row) => row.label);
      void ask({ kind: "pick", text: box.title, choices, detail: box.prompt }).then((answer) => {
        if (answer === undefined) {
          hidden.fire();
          return;
        }
        const row = box.items.find(({ label }) => label === answer);
        if (row === undefined) {
          box.value = answer;
          typed.fire(answer);
        }
        box.selectedItems = row === undefined ? box.items.slice(0, 1) : [row];
        const typedText = box.value;
        accepted.fire();
        // It goes on with another text.
        if (box.value !== typedText) box.show();
      });
    },
  };
  return box;
}

export const window = {
  showErrorMessage: message,
  showWarningMessage: message,
  showInformationMessage: message,
  createQuickPick,
  async showQuickPick(rows: readonly (Row | string)[], options: { title?: string } = {}) {
    const labelOf = (row: Row | string) => (typeof row === "string" ? row : row.label);
    const asked = {
      kind: "pick",
      text: options.title ?? "",
      choices: rows.map(labelOf),
      detail: "",
    } as const;
    const answer = await ask(asked);
    return rows.find((row) => labelOf(row) === answer);
  },
  showInputBox: (options: { title?: string; prompt?: string }) =>
    ask({ kind: "input", text: options.title ?? "", choices: [], detail: options.prompt ?? "" }),
  showOpenDialog: async (options: { title?: string }) => {
    const path = await ask({ kind: "input", text: options.title ?? "", choices: [], detail: "" });
    return path === undefined ? undefined : [{ scheme: "file", fsPath: path }];
  },
  showSaveDialog: async (options: { title?: string }) => {
    const path = await ask({ kind: "input", text: options.title ?? "", choices: [], detail: "" });
    return path === undefined ? undefined : { scheme: "file", fsPath: path };
  },
  withProgress(options: { title?: string }, task: (progress: unknown, token: unknown) => Promise<unknown>) {
    editor.progress.push(options.title ?? "");
    return task({ report() {} }, { isCancellationRequested: false, onCancellationRequested() {} });
  },
  activeTextEditor: undefined,
  showTextDocument: async () => undefined,
  createStatusBarItem: () => {
    const item = { text: "", tooltip: undefined, command: "", show() {}, hide() {}, dispose() {} };
    editor.statusBarItems.push(item);
    return item;
  },
};

export const workspace = {
  get isTrusted() {
    return editor.trusted;
  },
  get workspaceFolders() {
    if (editor.folder === undefined) return undefined;
    return [
      { uri: { scheme: "file", fsPath: editor.folder }, name: editor.folder.split("/").at(-1), index: 0 },
    ];
  },
  get textDocuments() {
    return editor.documents;
  },
  onDidGrantWorkspaceTrust: granted.event,
  asRelativePath: ({ path }: { path: string }) => path.replace(`${editor.folder}/`, ""),
  onDidChangeWorkspaceFolders: never.event,
  onDidOpenTextDocument: never.event,
  onDidChangeTextDocument: never.event,
  onDidSaveTextDocument: never.event,
  onDidCloseTextDocument: never.event,
  createFileSystemWatcher: () => ({
    onDidCreate: created.event,
    onDidChange: never.event,
    onDidDelete: never.event,
    dispose() {},
  }),
  onDidChangeConfiguration: changed.event,
  getConfiguration: () => ({
    get: (name: string) =>
      editor.folderSettings.get(name) ??
      editor.workspaceSettings.get(name) ??
      editor.user.get(name) ??
      editor.defaults.get(name),
    inspect: (name: string) => ({
      workspaceFolderValue: editor.folderSettings.get(name),
      globalValue: editor.user.get(name),
      workspaceValue: editor.workspaceSettings.get(name),
      defaultValue: editor.defaults.get(name),
    }),
    update: async (name: string, value: unknown, target: number) =>
      editor.set(name, value, target === ConfigurationTarget.Global ? "user" : "workspace"),
  }),
};

export const languages = {
  createDiagnosticCollection: () => ({ set() {}, delete() {}, dispose() {} }),
};

export const commands = {
  executeCommand: async (...args: unknown[]) => void editor.commands.push(args),
};

export const debug = {
  startDebugging: async (...args: unknown[]) => editor.commands.push(["startDebugging", ...args]) > 0,
};

export const env = {
  clipboard: {
    readText: async () => editor.clipboard,
    writeText: async (text: string) => {
      editor.clipboard = text;
    },
  },
  openExternal: async (uri: { text: string }) => {
    editor.opened.push(uri.text);
    return true;
  },
  asExternalUri: async (uri: { text: string }) => ({ text: `external of ${uri.text}` }),
};

export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const SymbolKind = { Class: 4, Method: 5, Constructor: 8, Function: 11 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const TextEditorRevealType = { InCenterIfOutsideViewport: 2 };
export const Uri = {
  parse: (text: string) => ({ text }),
  file: (fsPath: string) => ({ scheme: "file", fsPath }),
  joinPath: ({ fsPath }: { fsPath: string }, ...parts: string[]) => ({
    fsPath: [fsPath, ...parts].join("/"),
  }),
};

export class EventEmitter<T> extends Listeners<T> {}

export class Range {
  readonly start: unknown;
  readonly end: unknown;
  constructor(start: unknown, end: unknown) {
    this.start = start;
    this.end = end;
  }
}

export class TabInputWebview {
  readonly viewType: string;
  constructor(viewType: string) {
    this.viewType = viewType;
  }
}

export class DocumentLink {
  readonly range: Range;
  constructor(range: Range) {
    this.range = range;
  }
}

export const Disposable = {
  from: (...all: { dispose(): void }[]) => ({
    dispose: () => {
      for (const one of all) one.dispose();
    },
  }),
};

export class CancellationError extends Error {
  override readonly name = "Canceled";
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: unknown;
  constructor(id: string, color?: unknown) {
    this.id = id;
    this.color = color;
  }
}

export class TreeItem {
  label: string;
  collapsibleState: number;
  constructor(label: string, collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class MarkdownString {
  value = "";
  appendText(text: string): this {
    this.value += text;
    return this;
  }
}
