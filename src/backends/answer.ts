import type { Dispatcher } from "undici";
import { sizeText } from "../model/sizeText.ts";
import { header } from "./exchange.ts";
import { HttpError, networkError, notJson, type Peer, type Waits } from "./httpError.ts";
import { inflate, peek } from "./inflate.ts";
import { errorText } from "./json.ts";
import { plainText } from "./plainText.ts";
import { type Refusal, retryAfter } from "./statusError.ts";

/** A successful answer, to be read once. */
export interface Answer {
  /** Content-Type as sent. */
  readonly type: string;
  /** Inflated, counted, and not a web page. Its chunks are views of buffers that nobody else writes to. */
  readonly body: AsyncIterable<Uint8Array>;
  /** What broke the body, if anything did. */
  failure(): unknown;
}

/** Opens the body of a 2xx answer; rejects with the code "notJson" when it is a web page. */
export async function openAnswer(
  peer: Peer,
  response: Dispatcher.ResponseData,
  limits: Waits & { readonly maxBytes: number },
): Promise<Answer> {
  let failure: unknown;
  const raw = guarded(response.body, (error, bytes) => {
    failure = networkError(peer, error, limits, { bytes });
    return failure;
  });
  const inflated = await inflate(raw, header(response, "content-encoding") ?? "");
  const counted = guarded(
    inflated,
    (error, bytes) => {
      failure ??= networkError(peer, error, limits, { bytes });
      return failure;
    },
    (bytes) => {
      if (bytes > limits.maxBytes) throw tooLarge(peer, limits.maxBytes);
    },
  );
  const type = header(response, "content-type") ?? "";
  const { first, all } = await peek(counted, 1);
  if (/^\s*text\/html\b/i.test(type) || isMarkup(first)) throw notJson(peer, "a web page");
  return { type, body: all, failure: () => failure };
}

/** What a refusing server said. */
export async function refusalOf(
  response: Dispatcher.ResponseData,
  secrets: readonly string[],
): Promise<Refusal> {
  const type = header(response, "content-type") ?? "";
  let text = "";
  try {
    const inflated = await inflate(response.body, header(response, "content-encoding") ?? "");
    const { first } = await peek(inflated, 65536);
    const said = Buffer.from(first.subarray(0, 65536)).toString();
    const isPage = /^\s*text\/html\b/i.test(type) || isMarkup(first);
    text = plainText(isPage ? titleOf(said) : errorText(said), secrets);
  } catch {
    // Its status still says what happened.
  }
  return {
    status: response.statusCode,
    text,
    retryAfterMs: retryAfter(
      header(response, "retry-after") ?? rateReset(response),
      header(response, "date"),
    ),
  };
}

/** Seconds until more requests are allowed, as Datadog says it; others mean a time of day by it. */
function rateReset(response: Dispatcher.ResponseData): string | undefined {
  const seconds = header(response, "x-ratelimit-reset");
  return response.statusCode === 429 && seconds !== undefined && /^\d{1,5}$/.test(seconds)
    ? seconds
    : undefined;
}

function tooLarge(peer: Peer, maxBytes: number): HttpError {
  return new HttpError(
    `The answer of ${peer.label} at ${peer.address} is larger than ${sizeText(maxBytes)}. Ask for less.`,
    {
      action: "retry",
      code: "tooLarge",
    },
  );
}

async function* guarded(
  body: AsyncIterable<Uint8Array>,
  failed: (error: unknown, bytes: number) => unknown,
  counted: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      counted(bytes);
      yield chunk;
    }
  } catch (error) {
    throw failed(error, bytes);
  }
}

/** Of a web page: gateways say there what is wrong, such as "400 No required SSL certificate was sent". */
function titleOf(page: string): string {
  return /<title>([^<]{0,200})<\/title>/i.exec(page)?.[1] ?? "";
}

/** Whether the first byte that is no white space (or BOM) opens a tag. */
function isMarkup(first: Uint8Array): boolean {
  for (const byte of first) {
    if (byte === 0x3c) return true;
    const blank = byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (!blank) return false;
  }
  return false;
}
