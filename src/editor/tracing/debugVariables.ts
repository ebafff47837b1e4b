import { join } from "node:path";
import type { DebugConfiguration } from "vscode";
import { variablesOfFile } from "./givenVariables.ts";

/** How a debugger is told the environment of the program it launches. */
type Field = "env" | "environment" | "env list";

/** By type of configuration. Those not in here launch no program of the person's, or take no environment. */
const fields = new Map<string, Field>([
  ["node", "env"],
  ["pwa-node", "env"],
  ["node-terminal", "env"],
  ["bun", "env"],
  ["python", "env"],
  ["debugpy", "env"],
  ["go", "env"],
  ["java", "env"],
  ["kotlin", "env"],
  ["coreclr", "env"],
  ["clr", "env"],
  ["lldb", "env"],
  ["lldb-dap", "env list"],
  ["cppdbg", "environment"],
  ["cppvsdbg", "environment"],
  ["php", "env"],
  ["rdbg", "env"],
  ["ruby_lsp", "env"],
  ["Ruby", "env"],
  ["mix_task", "env"],
  ["dart", "env"],
]);

/** Whether a configuration launches a program whose environment can be set. */
export function launchesProgram(config: DebugConfiguration): boolean {
  return config.request === "launch" && fields.has(config.type);
}

/** Whether its program runs in an integrated terminal, whose settings it gets then; some debuggers' programs do by default. */
export function runsInTerminal({ type, console, terminal }: DebugConfiguration): boolean {
  if (type === "node-terminal") return true;
  const where: unknown = console ?? terminal;
  if (where === undefined) return type === "python" || type === "debugpy" || type === "java";
  return where === "integratedTerminal" || where === "integrated" || where === "terminal";
}

/** The variables that a configuration sets, in whichever form. */
export function variablesOfConfiguration(config: DebugConfiguration): Readonly<Record<string, unknown>> {
  const value: unknown = config[keyOf(config)];
  if (!Array.isArray(value)) return isRecord(value) ? value : {};
  const pairs = value.map((entry: unknown): [string, unknown] => {
    if (typeof entry !== "string") return isRecord(entry) ? [String(entry.name), entry.value] : ["", ""];
    return [entry.split("=")[0], entry.slice(entry.indexOf("=") + 1)];
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== ""));
}

/** Paths of the files with variables that a configuration names. */
export function variableFiles(config: DebugConfiguration): readonly string[] {
  const named: unknown = config.envFile;
  return (Array.isArray(named) ? named : [named]).filter(
    (file): file is string => typeof file === "string" && file !== "" && !file.includes("${"),
  );
}

/** Variables of such files, in their order; one that cannot be read is the debugger's to tell. */
export async function variablesOfFiles(
  config: DebugConfiguration,
  read: (path: string) => Promise<string>,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const texts = await Promise.all(variableFiles(config).map((file) => read(file).catch(() => "")));
  return [await variablesOfLaunchSettings(config, read), ...texts.map(variablesOfFile)];
}

/** What the launchSettings.json of a .NET project sets; of several profiles any may be the one that is used. */
async function variablesOfLaunchSettings(
  { type, launchSettingsFilePath, launchSettingsProfile: used, cwd }: DebugConfiguration,
  read: (path: string) => Promise<string>,
): Promise<Readonly<Record<string, unknown>>> {
  if (type !== "coreclr" && type !== "clr") return {};
  const usual = typeof cwd === "string" ? join(cwd, "Properties", "launchSettings.json") : "";
  const path: unknown = launchSettingsFilePath || usual;
  if (typeof path !== "string" || path === "") return {};
  const settings: unknown = await read(path)
    .then((text) => JSON.parse(text.replace(/^\uFEFF/, "")))
    .catch(() => undefined);
  const profiles = isRecord(settings) && isRecord(settings.profiles) ? Object.entries(settings.profiles) : [];
  const variables = profiles.flatMap(([name, profile]) => {
    if ((typeof used === "string" && used !== name) || !isRecord(profile)) return [];
    return isRecord(profile.environmentVariables) ? [profile.environmentVariables] : [];
  });
  return Object.assign({}, ...variables);
}

/** A configuration with these variables besides its own, or instead of them. */
export function withVariables(
  config: DebugConfiguration,
  variables: ReadonlyMap<string, string>,
): DebugConfiguration {
  const key = keyOf(config);
  const had: unknown = config[key];
  const pairs = [...variables];
  const field = fields.get(config.type);
  if (field === "env" || isRecord(had))
    return { ...config, [key]: { ...(isRecord(had) ? had : {}), ...Object.fromEntries(pairs) } };
  const others = (Array.isArray(had) ? had : []).filter((entry: unknown) => {
    const name = isRecord(entry) ? String(entry.name) : String(entry).split("=")[0];
    return !variables.has(name);
  });
  const added =
    field === "environment"
      ? pairs.map(([name, value]) => ({ name, value }))
      : pairs.map(([name, value]) => `${name}=${value}`);
  return { ...config, [key]: [...others, ...added] };
}

/**
 * The name that a configuration gives its program, as far as it is one: debuggers propose "Launch Program" or
 * "Python Debugger: Current File", which say nothing of the service.
 */
export function serviceNameOf(config: DebugConfiguration, folder: string | undefined): string | undefined {
  // Who starts a session by the API may leave the name out.
  const name = String(config.name ?? "").trim();
  const says = /\b(?:launch|debug|debugger|run|start|attach|current file|program|npm|file)\b|^\.NET\b|\$/i;
  return name === "" || says.test(name) ? folder : name;
}

function keyOf(config: DebugConfiguration): "env" | "environment" {
  return fields.get(config.type) === "environment" ? "environment" : "env";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
