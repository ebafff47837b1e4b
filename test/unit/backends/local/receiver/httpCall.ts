import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpCall {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
  /** Address to connect to. */
  readonly address?: string;
}

/** Sends a request of OTLP protobuf as it is told, wrong headers included, and reads the answer. */
export function send(port: number, call: HttpCall = {}): Promise<HttpAnswer> {
  const { method = "POST", path = "/v1/traces", headers = {}, body = "", address = "127.0.0.1" } = call;
  return new Promise((resolve, reject) => {
    const asked = request({
      host: address,
      port,
      method,
      path,
      agent: false,
      headers: { "content-type": "application/x-protobuf", ...headers },
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.end(body);
  });
}

/** Sends bytes as they are and reads what comes until the connection is closed. */
export function sendRaw(port: number, bytes: Uint8Array | string, patienceMs = 5_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const late = setTimeout(() => socket.destroy(), patienceMs);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(late);
      resolve(text);
    });
    socket.write(bytes);
  });
}
