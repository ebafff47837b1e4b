import * as vscode from "vscode";
import type { Backend, Connection } from "../backends/backend.ts";
import { detectLocal, detectUrl } from "../backends/detect.ts";
import { backendOf, backends } from "../backends/index.ts";
import { UserError } from "../base/userError.ts";
import { withProgress } from "./aborting.ts";
import type { Connections } from "./connections.ts";
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
  if (url === undefined) return undefined;
  const detected = detectUrl(url);
  if (detected === undefined) {
    throw new UserError(`"${plainLabel(url, 80)}" is not the URL of a backend that Traceline knows.`);
  }
  const kind =
    detected.kind === undefined ? await kindAt(connections, detected.url) : backendOf(detected.kind);
  if (kind === undefined) {
    const known = backends.map((backend) => backend.label).join(" and ");
    throw new UserError(
      `${plainLabel(url, 80)} leads to ${detected.kind}, which Traceline cannot read yet. It reads ${known}.`,
    );
  }
  let connection = plainConnection(kind, detected.url);
  const same = connections.list.find((known) => known.url === connection.url);
  if (same !== undefined) {
    await connections.activate(same.name);
    void vscode.window.showInformationMessage(
      `${plainLabel(same.name)} is a connection already. It is now the active one.`,
    );
    return same;
  }
  for (;;) {
    try {
      const says = await testConnection(connections, connection);
      const added = await connections.add(connection);
      void vscode.window.showInformationMessage(noLinks(`Added ${added.name}. ${says}`));
      return added;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const next = await whatNow(error, connection, secrets);
      if (next === undefined) return undefined;
      if (next === "keep") return connections.add(connection);
      connection = next;
    }
  }
}

function plainConnection(backend: Backend, url: string): Connection {
  const name = `${backend.label} (${new URL(url).host})`;
  return { name, kind: backend.kind, url, headers: {}, tenant: "", auth: "none", user: "" };
}

/** The kind that answers at a URL which does not show it; the first of the list when none does, whose refusal is then told. */
function kindAt(connections: Connections, url: string): Promise<Backend> {
  return withProgress(`Asking ${url} what it is`, async (signal) => {
    for (const backend of backends) {
      const source = connections.probe(plainConnection(backend, url));
      try {
        await source.test(signal);
        return backend;
      } catch {
        signal.throwIfAborted();
      } finally {
        source.dispose();
      }
    }
    return backends[0];
  });
}

/** Asks the backend whether it is what it is said to be; answers its own words. */
export function testConnection(connections: Connections, connection: Connection): Promise<string> {
  return withProgress(`Testing ${connection.name}`, async (signal) => {
    const source = connections.probe(connection);
    try {
      return await source.test(signal);
    } finally {
      source.dispose();
    }
  });
}

async function askForUrl(
  connections: Connections,
  log: Log,
  given: string | undefined,
): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { url?: string }>();
  box.title = "Add Connection";
  box.placeholder = "URL of your Jaeger or Zipkin; the address of any of its pages will do";
  box.value = given ?? "";
  box.busy = true;
  const controller = new AbortController();
  let local: (vscode.QuickPickItem & { url?: string })[] = [
    { label: "Looking for servers on this machine…", alwaysShow: true },
  ];
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

/** After a failed test: another attempt with a secret, the connection as it is, or nothing. */
async function whatNow(
  error: UserError,
  connection: Connection,
  secrets: Secrets,
): Promise<Connection | "keep" | undefined> {
  const wantsSecret = error.action === "enterSecret";
  const secret = "Enter Token or Password";
  const retry = "Retry";
  const keep = "Add Anyway";
  const choices = wantsSecret ? [secret, keep] : [retry, keep];
  const choice = await vscode.window.showErrorMessage(noLinks(error.message), { modal: true }, ...choices);
  if (choice === keep) return "keep";
  if (choice === retry) return connection;
  if (choice !== secret) return undefined;
  const how = await askForSecret(connection, secrets);
  return how === undefined ? undefined : { ...connection, ...how };
}

/** Asks how to authenticate and for the secret, and keeps it for the connection's origin. */
export async function askForSecret(
  connection: Connection,
  secrets: Secrets,
): Promise<Pick<Connection, "auth" | "user"> | undefined> {
  const { origin } = new URL(connection.url);
  const how = await vscode.window.showQuickPick(
    [
      { label: "Bearer token", auth: "bearer" as const },
      { label: "User name and password", auth: "basic" as const },
    ],
    { title: `Authenticate with ${origin}` },
  );
  if (how === undefined) return undefined;
  let user = "";
  if (how.auth === "basic") {
    const typed = await vscode.window.showInputBox({
      title: `User name for ${origin}`,
      value: connection.user,
    });
    if (typed === undefined) return undefined;
    user = typed;
  }
  const secret = await vscode.window.showInputBox({
    title: how.auth === "basic" ? `Password for ${origin}` : `Token for ${origin}`,
    prompt: "Kept in secret storage, for this address only",
    password: true,
    ignoreFocusOut: true,
  });
  if (secret === undefined || secret === "") return undefined;
  if (!(await secrets.set(origin, secret))) {
    void vscode.window.showWarningMessage(
      "This machine has no secret storage. The secret is kept until the window closes.",
    );
  }
  return { auth: how.auth, user };
}
