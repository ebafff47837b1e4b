import * as vscode from "vscode";
import type { Connection, TlsOptions } from "../backends/backend.ts";
import type { UserError } from "../base/userError.ts";
import { askForSecret, keepSecret } from "./askForSecret.ts";
import { plainLabel } from "./plainLabel.ts";
import type { Secrets } from "./secrets.ts";

const addAnyway = "$(add) Add Anyway";

interface Step extends vscode.QuickPickItem {
  /** The connection to try next, "keep" to add it as it is, or undefined to offer the steps again. */
  readonly take?: () => Promise<Connection | "keep" | undefined>;
}

/**
 * After a test that failed: says why, and offers what may help. Answers the connection to try next, "keep" when it is to be
 * added as it is (offered with `canKeep`), or undefined when it was given up.
 */
export async function repairConnection(
  error: UserError,
  connection: Connection,
  secrets: Secrets,
  canKeep = true,
): Promise<Connection | "keep" | undefined> {
  const steps = stepsFor(error, connection, secrets).filter((step) => canKeep || step.label !== addAnyway);
  for (;;) {
    const step = await pickStep(error, connection, steps);
    if (step === undefined) return undefined;
    const next = await step.take?.();
    if (next !== undefined) return next;
  }
}

/** Whether the server's certificate was refused, which a person may know better than the machine. */
export function isCertificateError(error: UserError): boolean {
  return error.code === "tls" && /certificate/.test(error.message) && !wantsClientCertificate(error);
}

function wantsClientCertificate(error: UserError): boolean {
  return error.code === "tls" && /client certificate/.test(error.message);
}

/** A server that speaks TLS 1.3 closes the connection of whoever it does not accept, too soon to say so. */
function mayWantClientCertificate(error: UserError): boolean {
  return error.code === "reset" && /client certificate/.test(error.message);
}

function stepsFor(error: UserError, connection: Connection, secrets: Secrets): Step[] {
  const secret: Step = {
    label: "$(key) Enter Token or Password…",
    detail: "Bearer token, user name and password, or a secret header. Kept in secret storage",
    take: () => withSecret(connection, secrets),
  };
  const tenant: Step = {
    label: "$(organization) Set Tenant…",
    detail: connection.tenant === "" ? "For a backend that several teams share" : `Now ${connection.tenant}`,
    take: () => withTenant(connection),
  };
  const client: Step = {
    label: "$(file) Use Client Certificate…",
    detail: "A PEM file for the server that wants to know who connects, and its key",
    take: () => withClientCertificate(connection),
  };
  const authority: Step = {
    label: "$(verified) Trust Certificate Authority…",
    detail: "A PEM file of the authority that signed the server's certificate",
    take: () => withAuthority(connection),
  };
  const unchecked: Step = {
    label: "$(unlock) Connect without Checking the Certificate…",
    detail: "Anyone on the way can then read and change what is sent, the token included",
    take: () => withoutCheck(connection),
  };
  const retry: Step = { label: "$(refresh) Retry", take: async () => connection };
  const keep: Step = {
    label: addAnyway,
    detail: "Keeps the connection as it is",
    take: async () => "keep",
  };
  const more: Step = { label: "more", kind: vscode.QuickPickItemKind.Separator };
  if (isCertificateError(error)) return [authority, client, retry, keep, more, unchecked];
  if (wantsClientCertificate(error)) return [client, retry, keep, more, secret, tenant];
  if (mayWantClientCertificate(error)) return [retry, client, keep, more, secret, tenant];
  if (error.action === "enterSecret") return [secret, tenant, retry, keep, more, client];
  return [retry, keep, more, secret, tenant, ...(connection.url.startsWith("https:") ? [client] : [])];
}

/** A box of our own, because the reason is longer than a line: it stays above the list. */
async function pickStep(
  error: UserError,
  connection: Connection,
  steps: readonly Step[],
): Promise<Step | undefined> {
  const box = vscode.window.createQuickPick<Step>();
  box.title = `Add Connection: ${new URL(connection.url).host}`;
  // Links and icons are drawn there, and a server's own words may be in it.
  box.prompt = plainLabel(error.message, 700);
  box.placeholder = "What now?";
  box.ignoreFocusOut = true;
  box.items = steps;
  try {
    return await new Promise((resolve) => {
      box.onDidAccept(() => {
        resolve(box.selectedItems[0]);
        box.hide();
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

async function withSecret(connection: Connection, secrets: Secrets): Promise<Connection | undefined> {
  const given = await askForSecret(connection, true);
  if (given === undefined) return undefined;
  await keepSecret(secrets, connection.url, given);
  return { ...connection, ...given.change };
}

async function withTenant(connection: Connection): Promise<Connection | undefined> {
  const tenant = await vscode.window.showInputBox({
    title: `Tenant at ${new URL(connection.url).host}`,
    prompt: "Sent as the backend's tenant header",
    value: connection.tenant,
    ignoreFocusOut: true,
  });
  return tenant === undefined ? undefined : { ...connection, tenant: tenant.trim() };
}

async function withAuthority(connection: Connection): Promise<Connection | undefined> {
  const caFile = await askForFile("Certificate of the authority (PEM)");
  return caFile === undefined ? undefined : withTls(connection, { caFile });
}

async function withClientCertificate(connection: Connection): Promise<Connection | undefined> {
  const certFile = await askForFile("Client certificate (PEM)");
  if (certFile === undefined) return undefined;
  const keyFile = await askForFile("Key of the client certificate (PEM)");
  return keyFile === undefined ? undefined : withTls(connection, { certFile, keyFile });
}

async function withoutCheck(connection: Connection): Promise<Connection | undefined> {
  const connect = "Connect without Checking";
  const choice = await vscode.window.showWarningMessage(
    `Connect to ${new URL(connection.url).host} without checking its certificate?`,
    {
      modal: true,
      detail:
        "Whoever is on the way can pose as this server: read what is asked and answered, change it, and take the token. Do this only on a network you trust. The connection is marked for as long as it is so.",
    },
    connect,
  );
  return choice === connect ? { ...connection, allowUntrustedCertificate: true } : undefined;
}

function withTls(connection: Connection, tls: TlsOptions): Connection {
  return { ...connection, tls: { ...connection.tls, ...tls } };
}

/** The path of a file on the machine where the extension runs. */
async function askForFile(title: string): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({ title, canSelectMany: false, openLabel: "Use" })) ?? [];
  return file?.scheme === "file" || file?.scheme === "vscode-remote" ? file.fsPath : undefined;
}
