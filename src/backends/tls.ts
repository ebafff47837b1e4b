import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from "node:tls";
import { UserError } from "../base/userError.ts";
import type { Connection } from "./backend.ts";
import { readPem } from "./tlsFile.ts";

/** As `tls.connect` takes it. */
export interface TlsSettings {
  readonly secureContext?: SecureContext;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * How a connection speaks TLS. It trusts the authorities that Node brings, those of the system, and those of its own file,
 * and shows its client certificate where it has one. Files are read now. Rejects with a UserError that names the file which
 * cannot be used, and the setting it stands in.
 */
export async function tlsSettings(
  connection: Pick<Connection, "tls" | "allowUntrustedCertificate">,
): Promise<TlsSettings> {
  const { caFile = "", certFile = "", keyFile = "", serverName = "" } = connection.tls ?? {};
  const extra = caFile === "" ? undefined : await certificatesIn("caFile", caFile);
  const client = await clientCertificate(certFile, keyFile);
  return {
    // Made once a connection: a context of 300 authorities takes 10 ms, and undici would make one a socket.
    secureContext: createSecureContext({ ca: authorities(extra), ...client }),
    ...(serverName === "" ? {} : { servername: serverName }),
    ...(connection.allowUntrustedCertificate === true ? { rejectUnauthorized: false } : {}),
  };
}

function authorities(extra: string | undefined): string[] {
  return [...new Set(knownAuthorities()), ...(extra === undefined ? [] : [extra])];
}

/** Those of the system are told since Node 22.15, and not on every platform: where they are not, Node's own have to do. */
function knownAuthorities(): readonly string[] {
  if (typeof getCACertificates !== "function") return rootCertificates;
  try {
    return [...getCACertificates("default"), ...getCACertificates("system")];
  } catch {
    return rootCertificates;
  }
}

async function certificatesIn(setting: string, path: string): Promise<string> {
  const pem = await readPem(setting, path);
  const blocks = pem.match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (blocks === null) throw unusable(setting, path, "holds no certificate in PEM form");
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw unusable(setting, path, "holds a certificate that is damaged", cause);
    }
  }
  return blocks.join("\n");
}

/** The key may stand in the certificate's file. */
async function clientCertificate(
  certFile: string,
  keyFile: string,
): Promise<{ cert?: string; key?: string }> {
  if (certFile === "" && keyFile === "") return {};
  if (certFile === "") {
    throw new UserError('A connection with "tls.keyFile" needs "tls.certFile" too.', {
      action: "editConnection",
      code: "tlsFile",
    });
  }
  const cert = await certificatesIn("certFile", certFile);
  const [setting, path] =
    keyFile === "" ? (["certFile", certFile] as const) : (["keyFile", keyFile] as const);
  const key = await readPem(setting, path);
  if (!new X509Certificate(cert).checkPrivateKey(privateKey(setting, path, key))) {
    throw unusable(setting, path, "holds a key that does not belong to the certificate");
  }
  return { cert, key };
}

function privateKey(setting: string, path: string, pem: string): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    const what =
      setting === "certFile"
        ? 'holds no private key, and "tls.keyFile" is not set'
        : "holds no private key in PEM form";
    throw unusable(setting, path, what);
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw unusable(
      setting,
      path,
      "holds a key with a passphrase, which cannot be asked for: give one without",
    );
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw unusable(setting, path, "holds a private key that is damaged", cause);
  }
}

function unusable(setting: string, path: string, what: string, cause?: unknown): UserError {
  return new UserError(`The file ${path} ("tls.${setting}" of the connection) ${what}.`, {
    action: "editConnection",
    code: "tlsFile",
    cause,
  });
}
