import * as vscode from "vscode";
import { detectLocal } from "../backends/detect.ts";
import type { Connections } from "./connections.ts";
import type { Log } from "./log.ts";
import { plainLabel } from "./plainLabel.ts";

interface Choice extends vscode.QuickPickItem {
  readonly url?: string;
}

/**
 * The box of Add Connection: takes any URL, and offers the servers that answer on the usual ports of the machine the extension
 * runs on, which are asked only while the box is open. Undefined when it was closed.
 */
export async function askForUrl(
  connections: Connections,
  log: Log,
  given: string | undefined,
): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<Choice>();
  box.title = "Add Connection";
  box.placeholder = "URL of your tracing backend or Grafana; the address of any of its pages will do";
  box.value = given ?? "";
  box.busy = true;
  const controller = new AbortController();
  let local: Choice[] = [{ label: "Looking for servers on this machine…", alwaysShow: true }];
  const update = () => {
    const typed = box.value.trim();
    box.items =
      typed === ""
        ? local
        : [{ label: `$(plug) Connect to ${plainLabel(typed)}`, url: typed, alwaysShow: true }];
  };
  update();
  const looking = detectLocal(controller.signal, { log: (line) => log.info(line) }).then(
    (found) => {
      const known = new Set(connections.list.map((connection) => connection.url));
      local = found.map((server) => ({
        label: `$(server-environment) ${plainLabel(server.url)}`,
        description: known.has(server.url) ? "already added" : plainLabel(server.says),
        url: server.url,
        alwaysShow: true,
      }));
      if (local.length === 0)
        local = [{ label: "No server answers on the usual local ports. Type a URL.", alwaysShow: true }];
      box.busy = false;
      update();
    },
    () => {},
  );
  try {
    return await new Promise((resolve) => {
      box.onDidChangeValue(update);
      box.onDidAccept(() => {
        const typed = box.value.trim();
        const url = typed === "" ? box.selectedItems[0]?.url : typed;
        if (url === undefined) return;
        resolve(url);
        box.hide();
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    controller.abort();
    await looking;
    box.dispose();
  }
}
