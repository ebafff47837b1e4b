import * as vscode from "vscode";
import type { Connection } from "../backends/backend.ts";
import { isHeaderName } from "../backends/headerName.ts";
import type { ConnectionChange } from "./savedConnections.ts";
import type { Secrets } from "./secrets.ts";

/** A secret a person has typed, and what the connection must say for it to be sent. */
export interface GivenSecret {
  readonly change: ConnectionChange;
  readonly secret: string;
  /** The header it is the value of; undefined for a token or password. */
  readonly header: string | undefined;
}

interface Way extends vscode.QuickPickItem {
  readonly auth?: "bearer" | "basic";
  readonly header?: string;
  readonly another?: true;
}

/**
 * Asks which secret, where the connection has several or none yet, and for its value. With `all` the other ways to
 * authenticate are offered as well. Undefined when it was given up; nothing is kept yet.
 */
export async function askForSecret(connection: Connection, all = false): Promise<GivenSecret | undefined> {
  const { origin } = new URL(connection.url);
  const own = ownWays(connection);
  const offered = all || own.length === 0 ? withOthers(own) : own;
  const way =
    offered.length === 1
      ? offered[0]
      : await vscode.window.showQuickPick(offered, { title: `Authenticate with ${origin}` });
  if (way === undefined) return undefined;
  if (way.auth === "bearer") return withValue({ auth: "bearer" }, `Token for ${origin}`, undefined);
  if (way.auth === "basic") {
    const user = await vscode.window.showInputBox({
      title: `User name for ${origin}`,
      value: connection.user,
      ignoreFocusOut: true,
    });
    return user === undefined
      ? undefined
      : withValue({ auth: "basic", user }, `Password for ${origin}`, undefined);
  }
  const header = way.header ?? (await askForHeader(origin));
  if (header === undefined) return undefined;
  const known = connection.secretHeaders ?? [];
  const isKnown = known.some((name) => name.toLowerCase() === header.toLowerCase());
  return withValue(isKnown ? {} : { secretHeaders: [...known, header] }, `${header} for ${origin}`, header);
}

/** Keeps a secret for the connection's origin, and says when it is for this window only. */
export async function keepSecret(secrets: Secrets, url: string, given: GivenSecret): Promise<void> {
  if (await secrets.set(new URL(url).origin, given.secret, given.header)) return;
  void vscode.window.showWarningMessage(
    "This machine has no secret storage. The secret is kept until the window closes.",
  );
}

function ownWays(connection: Connection): Way[] {
  const headers = (connection.secretHeaders ?? []).map(
    (header): Way => ({ label: `Header ${header}`, header }),
  );
  if (connection.auth === "bearer") return [bearer, ...headers];
  if (connection.auth === "basic") return [basic, ...headers];
  return headers;
}

function withOthers(own: readonly Way[]): Way[] {
  const others = [bearer, basic].filter((way) => !own.includes(way));
  return [...own, ...others, { label: "Another secret header…", another: true }];
}

const bearer: Way = { label: "Bearer token", auth: "bearer" };
const basic: Way = { label: "User name and password", auth: "basic" };

async function withValue(
  change: ConnectionChange,
  title: string,
  header: string | undefined,
): Promise<GivenSecret | undefined> {
  const secret = await vscode.window.showInputBox({
    title,
    prompt: "Kept in secret storage, for this address only",
    password: true,
    ignoreFocusOut: true,
  });
  return secret === undefined || secret.trim() === "" ? undefined : { change, secret: secret.trim(), header };
}

async function askForHeader(origin: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: `Name of the header for ${origin}`,
    placeHolder: "X-Api-Key",
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === "" || isHeaderName(text.trim()) ? undefined : "Not the name of a header",
  });
  return name === undefined || name.trim() === "" ? undefined : name.trim();
}
