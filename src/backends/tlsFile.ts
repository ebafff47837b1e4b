import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { UserError } from "../base/userError.ts";

/** The bundles of whole systems are a quarter of it. */
const most = 2 ** 20;

const reasons = new Map([
  ["ENOENT", "is not there"],
  ["EACCES", "may not be read by you"],
  ["EPERM", "may not be read by you"],
  ["EISDIR", "is a folder"],
]);

/** The text of a file that a TLS option names. Rejects with a UserError that names file and option. */
export async function readPem(setting: string, path: string): Promise<string> {
  const refuse = (what: string, cause?: unknown) =>
    new UserError(`The file ${path} ("tls.${setting}" of the connection) ${what}.`, {
      action: "editConnection",
      code: "tlsFile",
      cause,
    });
  if (!isAbsolute(path) || path.startsWith("\\\\")) {
    throw refuse("is not named by an absolute path on this machine");
  }
  let bytes: Buffer;
  try {
    // Without O_NONBLOCK a named pipe would keep a thread waiting for ever.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const facts = await file.stat();
      if (facts.isDirectory()) throw refuse("is a folder");
      if (!facts.isFile()) throw refuse("is not a file");
      if (facts.size > most) throw refuse("is too large to be a certificate or a key");
      bytes = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw refuse(reasons.get(code) ?? "cannot be read", error);
  }
  return bytes.toString("latin1");
}
