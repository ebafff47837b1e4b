import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate and its key as PEM, and the files they are in. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Certificates made for one run of tests. */
export interface Certificates extends AsyncDisposable {
  readonly folder: string;
  /** Signed the others, but for those that say something else. */
  readonly authority: CertifiedKey;
  readonly otherAuthority: CertifiedKey;
  /** For localhost, 127.0.0.1 and jaeger.example. */
  readonly server: CertifiedKey;
  /** For other.example. */
  readonly otherHost: CertifiedKey;
  readonly expired: CertifiedKey;
  readonly selfSigned: CertifiedKey;
  readonly client: CertifiedKey;
  /** Signed by the other authority. */
  readonly stranger: CertifiedKey;
}

const run = promisify(execFile);
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const local = "DNS:localhost,DNS:jaeger.example,IP:127.0.0.1";

/** Makes them with the machine's `openssl`; undefined where there is none. */
export async function makeCertificates(): Promise<Certificates | undefined> {
  const known = await run("openssl", ["version"]).catch(() => undefined);
  if (known === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "traceline-certificates-"));
  const at = (name: string) => join(folder, name);

  async function read(name: string): Promise<CertifiedKey> {
    const [certFile, keyFile] = [at(`${name}.pem`), at(`${name}.key`)];
    const [cert, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    return { cert, key, certFile, keyFile };
  }

  async function selfSigned(name: string, names: string): Promise<CertifiedKey> {
    const subject = ["-subj", `/CN=${name}`, ...(names === "" ? [] : ["-addext", `subjectAltName=${names}`])];
    const out = ["-keyout", at(`${name}.key`), "-out", at(`${name}.pem`)];
    await run("openssl", ["req", "-x509", ...newKey, ...out, "-days", "2", ...subject]);
    return read(name);
  }

  async function signed(name: string, by: CertifiedKey, names: string, days = "2"): Promise<CertifiedKey> {
    const request = at(`${name}.csr`);
    const extensions = at(`${name}.cnf`);
    await writeFile(extensions, `subjectAltName=${names}\n`);
    await run("openssl", [
      "req",
      ...newKey,
      "-keyout",
      at(`${name}.key`),
      "-out",
      request,
      "-subj",
      `/CN=${name}`,
    ]);
    const signer = [
      "-CA",
      by.certFile,
      "-CAkey",
      by.keyFile,
      "-set_serial",
      `0x${Buffer.from(name).toString("hex")}`,
    ];
    const output = ["-days", days, "-extfile", extensions, "-out", at(`${name}.pem`)];
    await run("openssl", ["x509", "-req", "-in", request, ...signer, ...output]);
    return read(name);
  }

  const [authority, otherAuthority] = await Promise.all([
    selfSigned("authority", ""),
    selfSigned("others", ""),
  ]);
  const [server, otherHost, expired, selfSignedServer, client, stranger] = await Promise.all([
    signed("server", authority, local),
    signed("elsewhere", authority, "DNS:other.example"),
    signed("expired", authority, local, "-1"),
    selfSigned("alone", local),
    signed("client", authority, "DNS:client"),
    signed("stranger", otherAuthority, "DNS:stranger"),
  ]);
  return {
    folder,
    authority,
    otherAuthority,
    server,
    otherHost,
    expired,
    selfSigned: selfSignedServer,
    client,
    stranger,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
