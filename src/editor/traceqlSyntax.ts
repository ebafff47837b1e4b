import type { SyntaxNode, SyntaxNodeRef } from "@lezer/common";
import { syntaxMessage } from "./traceqlMessage.ts";
import { replaced, type TraceqlToken, traceqlTokens } from "./traceqlScan.ts";
import { metricsFunctions } from "./traceqlWords.ts";

/** What is wrong with a query, and where. */
export interface SyntaxProblem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  /** Whether it is sure: of metrics the grammar knows less than the newest servers. */
  readonly isSure: boolean;
}

const mostProblems = 5;

/** What the grammar says of a query, by place; the parser is loaded with the first one. */
export async function syntaxProblems(text: string): Promise<readonly SyntaxProblem[]> {
  const tokens = traceqlTokens(text);
  const open = tokens.find((token) => token.isOpen);
  if (open !== undefined) return [notClosed(open)];
  const { parser } = await import("@grafana/lezer-traceql");
  const unsureFrom = unsurePart(tokens);
  const problems: SyntaxProblem[] = [];
  parser.parse(forGrammar(text)).iterate({
    enter(node) {
      if (node.type.isError) add(problems, text, node, unsureFrom);
    },
  });
  return problems.slice(0, mostProblems);
}

/** The first problem that is sure. */
export function blocking(problems: readonly SyntaxProblem[]): SyntaxProblem | undefined {
  return problems.find((problem) => problem.isSure);
}

/** "Column 9: an attribute's name is missing: { span.▸ }": a problem in one line, with the query around its place. */
export function placeText(text: string, { from, message }: SyntaxProblem): string {
  const line = text.slice(0, from).split("\n").length;
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const where = `${line > 1 ? `Line ${line}, column` : "Column"} ${from - start + 1}`;
  const before = text.slice(Math.max(start, from - 24), from);
  const after = text.slice(from, from + 16).split("\n")[0];
  return `${where}: ${message} — ${before}▸${after}`;
}

/**
 * The query as the grammar reads it, each sign where it was: durations of several units, numbers that begin with a dot, hints
 * in `with (…)` and some intrinsics are right but unknown to it (lezer-traceql 1.0.0), and are replaced by what it knows.
 */
export function forGrammar(text: string): string {
  const known = replaced(text, (token) => {
    if (token.kind === "comment") return token.text.replace(/[^\n]/g, " ");
    if (token.kind === "number") return knownNumber(token.text);
    if (token.kind !== "word") return token.text;
    if (/^nestedSet(?:Parent|Left|Right)$/.test(token.text)) return "name".padEnd(token.text.length);
    return token.text === "span:childCount" ? "span:name".padEnd(token.text.length) : token.text;
  });
  return known.replace(/\bwith\s*\(([^()"]*)\)/g, (all, hints: string) =>
    hints.split(",").every((hint) => /^\s*\w+\s*=\s*[^\s=]+\s*$/.test(hint)) ? " ".repeat(all.length) : all,
  );
}

function knownNumber(text: string): string {
  const unit = /[^\d.]*$/.exec(text)?.[0] ?? "";
  const digits = text.slice(0, text.length - unit.length);
  return /^\d+(?:\.\d+)?$/.test(digits) ? text : "0".repeat(digits.length) + unit;
}

/** From where on the grammar is not to be relied on: metrics, and lists of values. */
function unsurePart(tokens: readonly TraceqlToken[]): number {
  const first = tokens.find(
    ({ kind, text }) => text === "[" || (kind === "word" && metricsFunctions.has(text)),
  );
  return first?.from ?? Number.POSITIVE_INFINITY;
}

function notClosed({ kind, text, from, to }: TraceqlToken): SyntaxProblem {
  const message =
    kind === "comment"
      ? "the comment is not closed: */ is missing"
      : `the text is not closed: ${text[0]} is missing`;
  return { from, to, message, isSure: true };
}

function add(problems: SyntaxProblem[], text: string, node: SyntaxNodeRef, unsureFrom: number): void {
  const { from, to } = placeOf(text, node.node);
  // Where one thing is wrong the parser stumbles on.
  if (problems.some((problem) => from <= problem.to + 1)) return;
  const message = syntaxMessage(text, node.node);
  const isSure = from < unsureFrom && !text.startsWith("in [", from);
  if (!isSure && problems.some((problem) => !problem.isSure)) return;
  problems.push({ from, to, message: isSure ? message : `${message}, as far as is known here`, isSure });
}

/** What is missing is missing where the text before it ends. */
function placeOf(text: string, node: SyntaxNode): { from: number; to: number } {
  if (node.to > node.from) return { from: node.from, to: node.to };
  const from = text.slice(0, node.from).trimEnd().length;
  return { from, to: from };
}
