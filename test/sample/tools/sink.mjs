import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { shopRoot } from "./shop.mjs";

/**
 * Listens for OTLP over HTTP, JSON and protobuf, and keeps every request.
 * `close` stops it and returns the requests as objects in the form of OTLP/JSON, in the order of arrival.
 */
export async function openSink() {
  const received = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const isJson = request.headers["content-type"].startsWith("application/json");
    received.push({ isJson, body: plain });
    response.writeHead(200, { "content-type": request.headers["content-type"] });
    response.end(isJson ? "{}" : "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
    const decoded = decodeProtobuf(received.filter(({ isJson }) => !isJson));
    return received.map(({ isJson, body }) => (isJson ? JSON.parse(body.toString()) : decoded.shift()));
  };
  return { endpoint: `http://127.0.0.1:${server.address().port}`, close };
}

/** Decodes with the official message definitions, which the inventory's Python packages bring. */
function decodeProtobuf(requests) {
  const python = join(shopRoot, "inventory/.venv/bin/python");
  const { stdout, stderr, status } = spawnSync(python, [join(shopRoot, "tools/otlp_json.py")], {
    input: requests.map(({ body }) => `${body.toString("base64")}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`The protobuf requests could not be decoded.\n${stderr}`);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
