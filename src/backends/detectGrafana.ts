import type { BackendIo, Connection } from "./backend.ts";
import { grafanaKinds } from "./grafanaPage.ts";
import { grafanaProxyUrl } from "./grafanaProxy.ts";
import { createHttp } from "./http.ts";
import { notJson } from "./httpError.ts";
import type { HttpLimits } from "./httpLimits.ts";
import { member } from "./json.ts";

/** A data source of a Grafana that holds traces. */
export interface GrafanaChoice {
  /** As the people of that Grafana call it. */
  readonly name: string;
  readonly kind: string;
  readonly uid: string;
  /** Base URL of its proxy. */
  readonly url: string;
}

/**
 * The data sources of traces in a Grafana, by name; only that of `uid`, where one is given and there. `connection` is as it
 * would be to one of them (token, headers), with Grafana's own base URL. Rejects with a UserError a person can act on: the list
 * of data sources needs a token with the permission to read them.
 */
export async function detectGrafana(
  connection: Connection,
  io: BackendIo,
  signal: AbortSignal,
  uid?: string,
  limits?: Partial<HttpLimits>,
): Promise<readonly GrafanaChoice[]> {
  const http = createHttp(connection, io, { label: "Grafana", tenantHeader: "" }, limits);
  try {
    const answer = await http.json("/api/datasources", [], signal);
    if (!Array.isArray(answer)) throw notJson(http.peer, "JSON of another kind");
    const choices = answer.flatMap((source) => {
      const [name, type, own] = ["name", "type", "uid"].map((key) => member(source, key));
      const kind = grafanaKinds.find((one) => one === type);
      if (kind === undefined || typeof own !== "string" || own === "") return [];
      const url = grafanaProxyUrl({ grafana: http.peer.address, uid: own });
      return [{ name: typeof name === "string" ? name : own, kind, uid: own, url }];
    });
    const asked = choices.filter((choice) => choice.uid === uid);
    return asked.length > 0 ? asked : choices.sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    http.dispose();
  }
}
