/**
 * Text for a notification with its links broken: VS Code draws `[text](command:…)` in any notification as a link that runs
 * the command, and what a backend or a link says is a stranger's text.
 */
export function noLinks(text: string): string {
  return text.replaceAll("](", "]\u2060(");
}
