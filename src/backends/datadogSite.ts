/**
 * The site of Datadog that a host belongs to ("us3.datadoghq.com"), whatever stands before it; undefined for other hosts.
 * Source: Datadog documentation, "Getting started with Datadog sites".
 */
export function datadogSite(host: string): string | undefined {
  const found = /^(?:[\w-]+\.)*?((?:(?:us|ap|uk)\d\.)?datadoghq\.(?:com|eu)|ddog-gov\.com)$/.exec(host);
  return found?.[1];
}

/** The web page of the site that an address of Datadog belongs to; undefined for other addresses. */
export function datadogPage(url: string): string | undefined {
  const site = datadogSite(new URL(url).hostname);
  return site && `https://${/^(?:us|ap|uk)\d\./.test(site) ? site : `app.${site}`}`;
}
