/** How often one service called another. Plain data: it crosses threads. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
  /** Undefined where the backend does not count them. */
  readonly errors: number | undefined;
}
