import { type Agent, request } from "node:http";

/** Sends OTLP protobuf to a receiver of this machine; answers the status. */
export function postTraces(agent: Agent, port: number, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      agent,
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/v1/traces",
      headers: { "content-type": "application/x-protobuf", "content-length": body.length },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.end(body);
  });
}
