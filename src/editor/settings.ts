import * as vscode from "vscode";

/** Every setting by name, with the type of its value; defaults stand in package.json alone. */
export interface SettingValues {
  connections: unknown;
  authCommands: unknown;
  "hints.enabled": boolean;
  "hints.display": "codeLens" | "endOfLine" | "both";
  "hints.minimumCalls": number;
  "hints.minimumLatency": number;
  "recent.refresh": number;
  "recent.lookback": string;
  "search.limit": number;
  pathMappings: unknown;
  "receiver.startAutomatically": boolean;
  "receiver.httpPort": number;
  "receiver.grpcPort": number;
  "receiver.hosts": unknown;
  "receiver.allowedHosts": unknown;
  "receiver.allowedOrigins": unknown;
  "receiver.maxRequestSize": number;
  "received.maxSpans": number;
  "received.maxSize": number;
  "received.maxAge": number;
  "tracing.terminals": boolean;
  "tracing.tasks": boolean;
  "tracing.debugSessions": boolean;
  "tracing.codeLocations": boolean;
  "links.terminal": boolean;
  "links.documents": boolean;
  "limits.traceSize": number;
}

/** The value in force; one of the wrong type is the default instead, because settings.json is typed by hand. */
export function setting<K extends keyof SettingValues>(name: K): SettingValues[K] {
  const configuration = vscode.workspace.getConfiguration("traceline");
  const value = configuration.get(name);
  const fallback = configuration.inspect(name)?.defaultValue;
  if (typeof value !== typeof fallback || Array.isArray(value) !== Array.isArray(fallback)) {
    return fallback as SettingValues[K];
  }
  return value as SettingValues[K];
}

/** Calls `listener` when any of the settings changes. */
export function onSetting(names: readonly (keyof SettingValues)[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(`traceline.${name}`))) listener();
  });
}
