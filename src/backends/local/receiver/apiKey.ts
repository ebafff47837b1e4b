import { createHash, timingSafeEqual } from "node:crypto";

/** The header, and the gRPC metadata, in which senders give the key. */
export const apiKeyHeader = "x-otlp-api-key";

/** Answers whether a key that was given is the one; how long that takes tells nothing of it. */
export function apiKeyCheck(apiKey: string | undefined): (given: string | undefined) => boolean {
  if (apiKey === undefined || apiKey === "") return () => true;
  const wanted = digest(apiKey);
  return (given) => timingSafeEqual(digest(given ?? ""), wanted) && given !== undefined;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
