/** The strings of a list, sorted, each once. */
export function names(values: readonly unknown[]): readonly string[] {
  const found = values.filter((value): value is string => typeof value === "string" && value !== "");
  return [...new Set(found)].sort((a, b) => (a < b ? -1 : 1));
}

/** How many services there are, in words. */
export function servicesText(services: readonly string[]): string {
  return services.length === 1 ? "1 service" : `${services.length} services`;
}
