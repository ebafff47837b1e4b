export { query } from "./database.js";
export { callJson, HttpError, readJson, serve, serveSpan } from "./http.js";
export { inSpan } from "./spans.js";
export { startTelemetry } from "./start.js";
