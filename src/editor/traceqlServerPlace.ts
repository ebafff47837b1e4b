import { traceqlTokens, withoutComments } from "./traceqlScan.ts";

/**
 * The place that a server's refusal names ("parse error at line 1, col 9: …"), from 0; undefined when it names none in the query.
 * What a query begins with, blanks and comments, is not sent.
 */
export function serverPlace(text: string, message: string): { from: number; to: number } | undefined {
  const sent = withoutComments(text).trim();
  const lead = withoutComments(text).indexOf(sent);
  const place = placeIn(sent, message);
  return place && { from: place.from + lead, to: place.to + lead };
}

function placeIn(text: string, message: string): { from: number; to: number } | undefined {
  const match = /\bline (\d{1,6}),? col(?:umn)? (\d{1,6})\b/i.exec(message);
  if (match === null) return undefined;
  const lines = text.split("\n");
  const line = Number(match[1]) - 1;
  const column = Number(match[2]) - 1;
  if (line < 0 || line >= lines.length || column < 0 || column > lines[line].length) return undefined;
  const from = lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0) + column;
  const piece = traceqlTokens(text).find((token) => token.from <= from && from < token.to);
  return { from, to: piece?.to ?? Math.min(text.length, from + 1) };
}
