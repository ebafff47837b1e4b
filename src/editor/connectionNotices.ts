import * as vscode from "vscode";
import type { SavedConnection } from "./connectionSettings.ts";
import type { Connections } from "./connections.ts";
import type { Log } from "./log.ts";
import { noLinks } from "./noLinks.ts";
import { plainLabel } from "./plainLabel.ts";
import { hideSecrets } from "./savedConnections.ts";
import type { Secrets } from "./secrets.ts";

const logged = 20;

/**
 * Says what is to be said of the setting, once each time it changes: what is wrong in it, which secrets stand in it in plain
 * text, and which of the user's connections the workspace hides.
 */
export function connectionNotices(connections: Connections, secrets: Secrets, log: Log): vscode.Disposable {
  let problems = "";
  const told = new Set<string>();
  const update = () => {
    if (connections.problems.join("\n") !== problems) {
      problems = connections.problems.join("\n");
      for (const problem of connections.problems.slice(0, logged)) log.info(problem);
      if (connections.problems.length > 0) void tellProblems(connections.problems);
    }
    for (const saved of connections.saved) {
      const { name } = saved.connection;
      const place = `${saved.place} ${name}`;
      if (saved.hidesUsers && !told.has(`hides ${place}`)) {
        told.add(`hides ${place}`);
        log.info(`The connection "${name}" of the workspace stands in for yours of that name.`);
      }
      const secretsOf = saved.exposed.map(({ header }) => header ?? "").join(" ");
      if (saved.exposed.length === 0 || told.has(`${place} ${secretsOf}`)) continue;
      told.add(`${place} ${secretsOf}`);
      void offerToHide(saved, connections, secrets);
    }
  };
  update();
  return connections.onChange(update);
}

async function tellProblems(problems: readonly string[]): Promise<void> {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: see the log)` : "";
  const open = "Open Settings";
  const choice = await vscode.window.showWarningMessage(noLinks(`${problems[0]}${more}`), open);
  if (choice === open) await vscode.commands.executeCommand("traceline.editConnections");
}

async function offerToHide(
  saved: SavedConnection,
  connections: Connections,
  secrets: Secrets,
): Promise<void> {
  const { connection, exposed, place } = saved;
  const what = exposed.map(({ header }) =>
    header === undefined ? "the password in its URL" : `the header ${header}`,
  );
  const of = place === "workspace" ? "the workspace's settings" : "your settings";
  const move = "Move to Secret Storage";
  const edit = "Edit";
  const choice = await vscode.window.showWarningMessage(
    plainLabel(
      `${connection.name} holds a secret in ${of} (${what.join(", ")}). It is not sent from there.`,
      400,
    ),
    move,
    edit,
  );
  if (choice === edit) await connections.edit(connection);
  if (choice !== move) return;
  const { origin } = new URL(connection.url);
  const kept: boolean[] = [];
  for (const { header, value } of exposed) kept.push(await secrets.set(origin, value, header));
  if (kept.includes(false)) {
    void vscode.window.showWarningMessage(
      "This machine has no secret storage. The secret is kept until the window closes, and left in the settings.",
    );
  } else await hideSecrets(saved);
}
