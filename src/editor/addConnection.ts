import * as vscode from "vscode";
import type { Backend, Connection } from "../backends/backend.ts";
import { detectUrl } from "../backends/detect.ts";
import type { DetectedUrl } from "../backends/detectedUrl.ts";
import { backendOf, backends } from "../backends/index.ts";
import { UserError } from "../base/userError.ts";
import { withProgress } from "./aborting.ts";
import { repairConnection } from "./connectionRepair.ts";
import type { Place } from "./connectionSettings.ts";
import type { Connections } from "./connections.ts";
import { askForUrl } from "./connectionUrlBox.ts";
import { connectionThroughGrafana } from "./grafanaChoice.ts";
import type { Log } from "./log.ts";
import { noLinks } from "./noLinks.ts";
import { plainLabel } from "./plainLabel.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The command Add Connection: offers the servers that answer on this machine, or takes any URL of one; tests it, asks for a
 * token when the server wants one, keeps the connection and says what was found. Answers undefined when it was given up.
 * A URL that is given, by a link or another extension, only stands in the box: it is not asked before the person says so.
 */
export async function addConnection(
  connections: Connections,
  secrets: Secrets,
  log: Log,
  given?: string,
): Promise<Connection | undefined> {
  const url = await askForUrl(connections, log, given);
  return url === undefined ? undefined : connectTo(url, connections, secrets);
}

/** The same for a URL that the person has agreed to ask. */
export async function connectTo(
  url: string,
  connections: Connections,
  secrets: Secrets,
): Promise<Connection | undefined> {
  const detected = detectUrl(url);
  if (detected === undefined)
    throw new UserError(`"${shownUrl(url)}" is not the URL of a backend that Traceline knows.`);
  let connection = await connectionAt(url, detected, connections, secrets);
  if (connection === undefined) return undefined;
  const { url: base, tenant } = connection;
  const same = connections.list.find((known) => known.url === base && known.tenant === tenant);
  if (same !== undefined) {
    await connections.activate(same.name);
    void vscode.window.showInformationMessage(
      `${plainLabel(same.name)} is a connection already. It is now the active one.`,
    );
    return same;
  }
  for (;;) {
    const tested = await testNew(connection, connections);
    if (typeof tested === "string") return keep(connection, connections, tested);
    const next = await repairConnection(tested, connection, secrets);
    if (next === undefined) return undefined;
    if (next === "keep") return keep(connection, connections, "It has not answered yet.");
    // Who was not let in before could not see what it is.
    const isGuess = detected.kind === undefined && detected.grafana === undefined;
    connection = isGuess ? await asAnswering(next, connections) : next;
  }
}

async function connectionAt(
  url: string,
  detected: DetectedUrl,
  connections: Connections,
  secrets: Secrets,
): Promise<Connection | undefined> {
  if (detected.grafana !== undefined) {
    const grafana = plainConnection({ kind: "grafana", label: "Grafana" }, detected);
    return connectionThroughGrafana(grafana, detected.grafana.uid, connections, secrets);
  }
  if (detected.kind === undefined) return asAnswering(plainConnection(backends[0], detected), connections);
  const kind = backendOf(detected.kind);
  if (kind === undefined) {
    const known = backends.map((backend) => backend.label).join(", ");
    throw new UserError(
      `${shownUrl(url)} leads to ${detected.kind}, which Traceline cannot read. It reads ${known}.`,
    );
  }
  return plainConnection(kind, detected);
}

type Kind = Pick<Backend, "kind" | "label" | "secretHeaders">;

function plainConnection(kind: Kind, { url, headers = {} }: DetectedUrl): Connection {
  return ofKind({ name: "", kind: "", url, headers, tenant: "", auth: "none", user: "" }, kind);
}

function ofKind(connection: Connection, { kind, label, secretHeaders: own }: Kind): Connection {
  const secretHeaders = connection.secretHeaders ?? own;
  const name = `${label} (${new URL(connection.url).host})`;
  return { ...connection, name, kind, ...(secretHeaders === undefined ? {} : { secretHeaders }) };
}

/** Errors that every kind of backend would meet at that address. */
const ofAddress: ReadonlySet<string> = new Set(["refused", "dns", "unreachable", "timeout", "tls", "proxy"]);

/** The connection as one of the kind that answers there; as it is when none does, whose refusal is then told. */
function asAnswering(connection: Connection, connections: Connections): Promise<Connection> {
  return withProgress(`Asking ${connection.url} what it is`, async (signal) => {
    for (const backend of backends) {
      const tried = ofKind(connection, backend);
      const source = connections.probe(tried);
      try {
        await source.test(signal);
        return tried;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UserError && ofAddress.has(error.code ?? "")) return connection;
      } finally {
        source.dispose();
      }
    }
    return connection;
  });
}

/** What was typed, without what may be a secret in it. */
function shownUrl(url: string): string {
  return plainLabel(url.replace(/\/\/[^/]*@/, "//").replace(/[?#].*/s, ""), 80);
}

/** The words of a backend that is not in the settings yet, or why there are none. */
async function testNew(connection: Connection, connections: Connections): Promise<string | UserError> {
  try {
    return await withProgress(`Testing ${connection.name}`, async (signal) => {
      const source = connections.probe(connection);
      try {
        return await source.test(signal);
      } finally {
        source.dispose();
      }
    });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function keep(
  connection: Connection,
  connections: Connections,
  says: string,
): Promise<Connection | undefined> {
  const place = await askForPlace();
  if (place === undefined) return undefined;
  const added = await connections.add(connection, place);
  void vscode.window.showInformationMessage(noLinks(`Added ${added.name}. ${withoutAddress(says)}`));
  return added;
}

/** A backend's words without where it is, which its name says: "Jaeger, API v3, 4 services". */
function withoutAddress(says: string): string {
  return says.replace(/ at https?:\/\/\S*?(?=[,:]?(?:\s|$))/, "");
}

/** Asked only where there is a choice: a folder is open, and trusted. */
async function askForPlace(): Promise<Place | undefined> {
  const hasFolder = (vscode.workspace.workspaceFolders ?? []).length > 0;
  if (!hasFolder || !vscode.workspace.isTrusted) return "user";
  const picked = await vscode.window.showQuickPick(
    [
      { label: "User settings", detail: "For you, in every window", place: "user" as const },
      {
        label: "Workspace settings",
        detail: "For everybody who opens this folder; tokens and passwords stay yours",
        place: "workspace" as const,
      },
    ],
    { title: "Where to keep the connection", ignoreFocusOut: true },
  );
  return picked?.place;
}
