import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { detectGrafana, type GrafanaChoice } from "../backends/detectGrafana.ts";
import { backendOf } from "../backends/index.ts";
import { UserError } from "../base/userError.ts";
import { withProgress } from "./aborting.ts";
import { repairConnection } from "./connectionRepair.ts";
import type { Connections } from "./connections.ts";
import { plainLabel } from "./plainLabel.ts";
import type { Secrets } from "./secrets.ts";

/**
 * A connection to a data source of traces behind a Grafana: the one of `uid` where it is there, else the one the person
 * chooses. `grafana` is a connection to Grafana itself; what it takes to be let in is asked for. Undefined when it was given up.
 */
export async function connectionThroughGrafana(
  grafana: Connection,
  uid: string | undefined,
  connections: Connections,
  secrets: Secrets,
): Promise<Connection | undefined> {
  const { host } = new URL(grafana.url);
  let door = grafana;
  for (;;) {
    const found = await dataSources(door, uid, connections);
    if (!(found instanceof UserError)) {
      if (found.length === 0) {
        throw new UserError(
          `Grafana at ${grafana.url} shows no data source for traces (Tempo, Jaeger, Zipkin) to this person or token.`,
        );
      }
      const choice = await choose(found, host);
      if (choice === undefined) return undefined;
      const label = backendOf(choice.kind)?.label ?? choice.kind;
      const name = `${choice.name === label ? label : `${label} ${choice.name}`} (${host})`;
      return { ...door, name, kind: choice.kind, url: choice.url };
    }
    const next = await repairConnection(found, door, secrets, false);
    if (next === undefined || next === "keep") return undefined;
    door = next;
  }
}

async function dataSources(
  grafana: Connection,
  uid: string | undefined,
  connections: Connections,
): Promise<readonly GrafanaChoice[] | UserError> {
  try {
    return await withProgress(`Asking ${new URL(grafana.url).host} for its data sources`, (signal) =>
      detectGrafana(grafana, connections.io, signal, uid),
    );
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function choose(choices: readonly GrafanaChoice[], host: string): Promise<GrafanaChoice | undefined> {
  const readable = choices.filter(({ kind }) => backendOf(kind) !== undefined);
  if (readable.length <= 1) return readable[0];
  const rows = readable.map((choice) => ({
    label: plainLabel(choice.name),
    description: backendOf(choice.kind)?.label ?? choice.kind,
    choice,
  }));
  const picked = await vscode.window.showQuickPick(rows, {
    title: `Data sources of ${host}`,
    placeHolder: "The one that has your traces",
    ignoreFocusOut: true,
  });
  return picked?.choice;
}
