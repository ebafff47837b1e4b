import { homedir } from "node:os";
import { basename, sep } from "node:path";
import * as vscode from "vscode";

type Written = Readonly<Record<string, unknown>>;

const platform = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "osx" : "linux";

/** What the person's settings put into every integrated terminal; values keep what they refer to, null takes one away. */
export function variablesOfTerminals(folder?: vscode.WorkspaceFolder): Written {
  return asRecord(terminalSettings(folder).get(`env.${platform}`));
}

/** What each of the person's terminal profiles has besides, by its name. */
export function variablesOfProfiles(): ReadonlyMap<string, Written> {
  const profiles = asRecord(terminalSettings().get(`profiles.${platform}`));
  return new Map(Object.entries(profiles).map(([name, profile]) => [name, asRecord(asRecord(profile).env)]));
}

/** The profile of a terminal for which none is chosen; "" for the editor's choice. */
export function defaultProfile(): string {
  const name: unknown = terminalSettings().get(`defaultProfile.${platform}`);
  return typeof name === "string" ? name : "";
}

/** What tasks of the workspace and of the person set for what they run, by any of them. */
export function variablesOfTasks(): readonly Written[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const scopes = folders.length === 0 ? [undefined] : folders.map(({ uri }) => uri);
  return scopes.flatMap((scope) => {
    const settings = vscode.workspace.getConfiguration("tasks", scope);
    const all = { options: settings.get("options"), [platform]: settings.get(platform) };
    const tasks: unknown = settings.get("tasks");
    return [all, ...(Array.isArray(tasks) ? tasks : [])].flatMap((task: unknown) => {
      const own = asRecord(task);
      return [own, asRecord(own[platform])].map(({ options }) => asRecord(asRecord(options).env));
    });
  });
}

/** Variables with what they refer to in its place, as far as VS Code's references are of the environment and of folders. */
export function settledVariables(
  written: Written,
  environment: Written,
  folder: vscode.WorkspaceFolder | undefined,
): Written {
  const named = (name: string) =>
    vscode.workspace.workspaceFolders?.find((one) => one.name === name)?.uri.fsPath;
  const referredTo = (what: string, of: string): string | undefined => {
    if (what === "env") return String(environment[of] ?? "");
    if (what === "workspaceFolder") return of === "" ? folder?.uri.fsPath : named(of);
    if (of !== "") return undefined;
    if (what === "workspaceFolderBasename") return folder && basename(folder.uri.fsPath);
    if (what === "userHome") return homedir();
    return what === "pathSeparator" || what === "/" ? sep : undefined;
  };
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => {
      if (typeof value !== "string") return [name, value];
      return [
        name,
        value.replace(/\$\{([^:}]+):?([^}]*)\}/g, (all, what, of) => referredTo(what, of) ?? all),
      ];
    }),
  );
}

function terminalSettings(folder?: vscode.WorkspaceFolder): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("terminal.integrated", folder?.uri);
}

function asRecord(value: unknown): Written {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Written) : {};
}
