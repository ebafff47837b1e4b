import { receivedConnection } from "../backends/local/receivedSource.ts";
import type { TraceAddress } from "./address.ts";

/** What menus tell apart: a trace that a web page may show, and one that was received here. */
export function placeMark(address: TraceAddress): string {
  if (address.kind === "file") return "";
  return address.connection === receivedConnection.name ? ":received" : ":web";
}
