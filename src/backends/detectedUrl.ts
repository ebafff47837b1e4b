/** What a pasted URL leads to. */
export interface DetectedUrl {
  /** Base URL of a backend, or of the Grafana before it. */
  readonly url: string;
  /** Still to be tested; undefined where the URL does not show it. */
  readonly kind: string | undefined;
  /** Headers the connection is to have. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A Grafana: which of its data sources is meant is to be chosen from `detectGrafana`, narrowed to this uid where it is there. */
  readonly grafana?: { readonly uid?: string };
}
