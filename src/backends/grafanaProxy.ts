/** A data source that is reached through Grafana: Grafana's own base URL and the data source's uid. */
export interface GrafanaProxy {
  readonly grafana: string;
  readonly uid: string;
}

/** Name of the header that tells Grafana the organisation that is meant. */
export const grafanaOrgHeader = "X-Grafana-Org-Id";

/** What a base URL of a data-source proxy says; undefined for any other. */
export function grafanaProxy(url: string): GrafanaProxy | undefined {
  const found = /^(.*)\/api\/datasources\/proxy\/uid\/((?:[^/?#%]|%[2-7][0-9a-f])+)\/?$/i.exec(url);
  return found === null ? undefined : { grafana: found[1], uid: decodeURIComponent(found[2]) };
}

/** The base URL of a data source's proxy. */
export function grafanaProxyUrl({ grafana, uid }: GrafanaProxy): string {
  return `${grafana.replace(/\/+$/, "")}/api/datasources/proxy/uid/${encodeURIComponent(uid)}`;
}

/** The page of Grafana's Explore that shows a trace of a Tempo. */
export function exploreLink({ grafana, uid }: GrafanaProxy, traceId: string, orgId: string): string {
  const datasource = { type: "tempo", uid };
  const pane = {
    datasource: uid,
    queries: [{ refId: "A", datasource, queryType: "traceql", query: traceId }],
    range: { from: "now-1h", to: "now" },
  };
  const parameters = new URLSearchParams({ schemaVersion: "1", panes: JSON.stringify({ t: pane }) });
  if (orgId !== "") parameters.append("orgId", orgId);
  return `${grafana}/explore?${parameters}`;
}
