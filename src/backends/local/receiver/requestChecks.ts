import type { IncomingHttpHeaders } from "node:http";
import { isIPv6 } from "node:net";
import { sizeText } from "../../../model/sizeText.ts";
import { apiKeyHeader } from "./apiKey.ts";
import type { Encoding, Signal } from "./ingest.ts";

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** What a head is held to. */
export interface RequestRules {
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly bodyBytes: number;
  readonly isKey: (given: string | undefined) => boolean;
}

export type Compression = "none" | "gzip" | "deflate" | "zstd";

/** A request whose body may be read. */
export interface Accepted {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly compression: Compression;
  /** The web page's origin, to be named in the answer; "" for none. */
  readonly origin: string;
}

/** A request that is answered without reading its body. */
export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Hosts by which programs on this machine, and in containers on it, call it. */
const ownHosts: readonly string[] = [
  "localhost",
  "127.0.0.1",
  "[::1]",
  "host.docker.internal",
  "host.containers.internal",
];

const routes: ReadonlyMap<string, Signal> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/logs", "logs"],
  ["/v1/metrics", "metrics"],
  ["/api/v2/spans", "zipkin"],
]);

/** Headers that say what a request is: twice, they would be read differently by different programs. */
const single = ["host", "origin", "content-type", "content-encoding", "content-length", apiKeyHeader];

/** Checks a head, whoever sent it and however it is malformed; it never throws. */
export function checkRequest(head: RequestHead, rules: RequestRules): Accepted | Refused {
  const { method, headers } = head;
  const twice = repeated(head.rawHeaders);
  if (twice !== "") return refused(400, `The header ${twice} was given twice.`);
  if (!isAllowedHost(headers.host, rules.allowedHosts)) {
    return refused(403, "The receiver does not answer to this host name.");
  }
  const origin = headers.origin ?? "";
  const isKnownOrigin = origin !== "" && rules.allowedOrigins.includes(origin.toLowerCase());
  if (!isKnownOrigin && (origin !== "" || isCrossSite(headers["sec-fetch-site"]))) {
    return refused(403, "Web pages may not send to the receiver, unless the settings allow their origin.");
  }
  const cors: Record<string, string> = isKnownOrigin ? corsHeaders(origin) : {};
  const signal = routes.get(pathOf(head.url));
  if (signal === undefined) return refused(404, "There is nothing at this path.", cors);
  if (method === "OPTIONS" && isKnownOrigin)
    return { status: 204, message: "", headers: preflight(cors, head) };
  if (method !== "POST") return refused(405, "Only POST is taken here.", { ...cors, allow: "POST" });
  if (!rules.isKey(oneOf(headers[apiKeyHeader]))) {
    return refused(401, `The header ${apiKeyHeader} does not have the receiver's key.`, cors);
  }
  const encoding = encodingOf(headers["content-type"] ?? "", signal);
  if (encoding === undefined) {
    const types = signal === "zipkin" ? "application/json" : "application/x-protobuf or application/json";
    return refused(415, `The content type has to be ${types}.`, cors);
  }
  const compression = compressionOf(headers["content-encoding"] ?? "");
  if (compression === undefined) {
    return refused(415, "The content encoding has to be gzip, deflate, zstd or none.", cors);
  }
  const length = Number(headers["content-length"] ?? "0");
  if (length > rules.bodyBytes) return refused(413, tooLargeMessage(rules.bodyBytes), cors);
  return { signal, encoding, compression, origin: isKnownOrigin ? origin : "" };
}

/** Whether a Host header, or gRPC's authority, names this machine. */
export function isAllowedHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  if (host === undefined) return false;
  const name = /^(\[[0-9a-f:.]+\]|[^[\]:@/\\?#\s]+)(:\d{1,5})?$/i.exec(host)?.[1].toLowerCase();
  if (name === undefined) return false;
  const plain = canonical(name.endsWith(".") ? name.slice(0, -1) : name);
  const isAllowed = (allowed: string): boolean =>
    // A zone is this machine's own name for an interface, which senders leave out of what they call it.
    canonical(isIPv6(allowed) ? `[${allowed.replace(/%.*/, "")}]` : allowed.toLowerCase()) === plain ||
    allowed.toLowerCase() === host.toLowerCase();
  return ownHosts.includes(plain) || plain.endsWith(".localhost") || allowedHosts.some(isAllowed);
}

/** An IPv6 address has many spellings: the one that all programs would agree on. */
function canonical(name: string): string {
  return name.startsWith("[") && URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : name;
}

export function tooLargeMessage(bytes: number): string {
  return `The request is larger than ${sizeText(bytes)}, decompressed. Send smaller batches.`;
}

/** Headers by which a browser lets a page of this origin send. */
export function corsHeaders(origin: string): Record<string, string> {
  return { "access-control-allow-origin": origin, vary: "origin" };
}

function preflight(cors: Record<string, string>, { headers }: RequestHead): Record<string, string> {
  const wantsPrivate = headers["access-control-request-private-network"] === "true";
  return {
    ...cors,
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": `content-type, content-encoding, ${apiKeyHeader}`,
    "access-control-max-age": "600",
    ...(wantsPrivate ? { "access-control-allow-private-network": "true" } : {}),
  };
}

function refused(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Refused {
  return { status, message, headers };
}

function repeated(rawHeaders: readonly string[]): string {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    if (!single.includes(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return "";
}

function isCrossSite(site: string | string[] | undefined): boolean {
  return site !== undefined && site !== "none" && site !== "same-origin";
}

/** The path as it was sent: nothing in it is resolved or decoded. */
function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

function encodingOf(contentType: string, signal: Signal): Encoding | undefined {
  const type = contentType.split(";", 1)[0].trim().toLowerCase();
  if (type === "application/json") return "json";
  if (signal === "zipkin") return undefined;
  return type === "application/x-protobuf" || type === "application/protobuf" ? "protobuf" : undefined;
}

function compressionOf(contentEncoding: string): Compression | undefined {
  switch (contentEncoding.trim().toLowerCase()) {
    case "":
    case "identity":
    case "none":
      return "none";
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
      return "deflate";
    case "zstd":
      return "zstd";
    default:
      return undefined;
  }
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
