import { setTimeout as pause } from "node:timers/promises";
import { SpanKind } from "@opentelemetry/api";
import { inSpan } from "./spans.js";

/** The database runs inside the process: this stands in for the way to a server and back. */
const roundTripMs = 6;

/** Runs one statement inside a client span and returns its rows. */
export function query(database, text, ...values) {
  const attributes = { "db.system.name": "sqlite", "db.query.text": text, "db.query.summary": summary(text) };
  return inSpan(summary(text), { kind: SpanKind.CLIENT, attributes }, async (span) => {
    await pause(roundTripMs);
    const rows = database.prepare(text).all(...values);
    span.setAttribute("db.response.returned_rows", rows.length);
    return rows;
  });
}

/** Operation and table, such as `SELECT products`. */
function summary(text) {
  const [, table] = /(?:FROM|INTO|UPDATE) (\w+)/.exec(text);
  return `${text.split(" ")[0]} ${table}`;
}
