/**
 * The site of Datadog that a host belongs to ("us3.datadoghq.com"), whatever stands before it; undefined for other hosts.
 * Source: Datadog documentation, "Getting started with Datadog sites".
 */
export function datadogSite(host: string): string | undefined {
  const found = /^(?:[\w-]+\.)*?((?:(?:us|ap|uk)\d\.)?datadoghq\.(?:com|eu)|ddog-gov\.com)$/.exec(host);
  return found?.[1];
}
