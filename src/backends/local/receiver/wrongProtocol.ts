/** What the first bytes of a connection are the beginning of. */
export type FirstBytes = "http2" | "tls" | "http1" | "unknown";

const preface = "PRI * HTTP/2.0";

/** Tells protocols apart by how they begin; some four bytes are enough. */
export function firstBytesOf(bytes: Uint8Array): FirstBytes {
  // A TLS record of type handshake, version 3.x.
  if (bytes[0] === 0x16 && bytes[1] === 3) return "tls";
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString("latin1");
  if (text.length >= 3 && (text.startsWith(preface) || preface.startsWith(text))) return "http2";
  return /^[A-Z]{3,7} ?/.test(text) ? "http1" : "unknown";
}

/** A whole HTTP/1.1 answer with a text. */
export function http1Goodbye(hint: string): string {
  const length = Buffer.byteLength(hint);
  return `HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${hint}`;
}
