import type { TlsOptions } from "./backend.ts";
import { plainText } from "./plainText.ts";

const notTls = "does not speak TLS. Is it http:// rather than https://?";
const wantsClient =
  'asks for a client certificate. Set "tls.certFile" and "tls.keyFile" of the connection to yours.';
const refusesClient =
  'does not accept the client certificate of "tls.certFile": it is expired, or from an authority that the server does not know.';

const meanings = new Map([
  [
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    'has a self-signed certificate, which this machine does not trust. If it is the right one, set "tls.caFile" of the connection to a copy of it.',
  ],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    'has a certificate signed by a self-signed one, which this machine does not trust. Set "tls.caFile" of the connection to that authority\'s certificate.',
  ],
  [
    "CERT_HAS_EXPIRED",
    'has an expired certificate, which the server has to renew. "allowUntrustedCertificate" accepts it meanwhile, for this connection alone.',
  ],
  ["CERT_NOT_YET_VALID", "has a certificate that is not valid yet. Is this machine's clock right?"],
  ["CERT_REVOKED", "has a certificate that has been revoked."],
  ["EPROTO", notTls],
  ["ERR_SSL_WRONG_VERSION_NUMBER", notTls],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", notTls],
]);

const unknownAuthority = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "INVALID_CA",
  "CERT_UNTRUSTED",
]);

/** What servers say to a client's certificate, or to the lack of one. */
const clientAlerts = new Set([
  "HANDSHAKE_FAILURE",
  "CERTIFICATE_REQUIRED",
  "NO_CERTIFICATE",
  "BAD_CERTIFICATE",
  "CERTIFICATE_EXPIRED",
  "CERTIFICATE_REVOKED",
  "CERTIFICATE_UNKNOWN",
  "UNSUPPORTED_CERTIFICATE",
  "UNKNOWN_CA",
  "ACCESS_DENIED",
  "DECRYPT_ERROR",
]);

/** What went wrong with TLS and which setting helps, as the rest of a sentence that begins with the server; "" for other errors. */
export function tlsFault(code: string, error: unknown, tls: TlsOptions | undefined): string {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = certificateNames(error);
    const found = names === "" ? "" : ` (${names})`;
    return tls?.serverName
      ? `has a certificate for another host name${found} than "tls.serverName" of the connection says.`
      : `has a certificate for another host name${found}. Use that name in the URL, or set "tls.serverName" of the connection to it.`;
  }
  if (unknownAuthority.has(code)) {
    return tls?.caFile
      ? 'has a certificate from an authority that is neither known to this machine nor in "tls.caFile" of the connection.'
      : 'has a certificate from an authority this machine does not know. Set "tls.caFile" of the connection to that authority\'s certificate.';
  }
  const alert = alertOf(code);
  if (alert === "UNRECOGNIZED_NAME") {
    return 'has no certificate for the name it was asked for. Set "tls.serverName" of the connection to its name.';
  }
  if (alert === "PROTOCOL_VERSION" || code === "ERR_SSL_UNSUPPORTED_PROTOCOL") {
    return "speaks only versions of TLS that are no longer safe.";
  }
  if (clientAlerts.has(alert)) return tls?.certFile ? refusesClient : wantsClient;
  return meanings.get(code) ?? "";
}

/** What may be behind a connection that was closed: a TLS 1.3 server closes it when it refuses a client, too soon for words. */
export function closedByTls(tls: TlsOptions | undefined): string {
  return tls?.certFile
    ? 'It may not accept the client certificate of "tls.certFile".'
    : 'If it asks for a client certificate, set "tls.certFile" and "tls.keyFile" of the connection.';
}

/** "UNKNOWN_CA" of ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: what is before differs between libraries and their versions. */
function alertOf(code: string): string {
  return /^ERR_SSL_.*(?:_ALERT_|TLSV1_)((?!ALERT_)[A-Z_]+)$/.exec(code)?.[1] ?? "";
}

function certificateNames(error: unknown): string {
  const certificate = error instanceof Error && "cert" in error ? error.cert : undefined;
  if (typeof certificate !== "object" || certificate === null || !("subjectaltname" in certificate))
    return "";
  const names = String(certificate.subjectaltname ?? "").replaceAll(/(?:DNS|IP Address):/g, "");
  return plainText(names, []).slice(0, 200);
}
