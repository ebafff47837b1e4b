import { type TraceqlToken, traceqlTokens } from "./traceqlScan.ts";
import { comparisons } from "./traceqlWords.ts";

/** What may stand at a place of a query, for completion. */
export interface TraceqlPlace {
  readonly kind:
    | "selector"
    | "field"
    | "comparison"
    | "value"
    /** After a value: another condition, or the end of the braces. */
    | "condition"
    /** After braces. */
    | "operator"
    | "stage"
    | "nothing";
  /** What is typed of it so far, to be replaced. */
  readonly from: number;
  readonly to: number;
  /** For a value: the field it is compared with. */
  readonly field: string;
}

const comparing: ReadonlySet<string> = new Set(comparisons.map(({ text }) => text));
/** Calls whose arguments are fields. */
const ofFields = /^(?:by|select|coalesce|avg|min|max|sum|\w+_over_time)$/;

/** What is to be completed at an offset; told from the pieces before it, since what is half typed has no tree yet. */
export function traceqlPlace(text: string, offset: number): TraceqlPlace {
  const tokens = traceqlTokens(text);
  const at = tokens.findIndex((token) => token.from < offset && offset <= token.to && isTyped(token, offset));
  const typed = at < 0 ? undefined : tokens[at];
  if (typed?.kind === "comment" || (typed?.kind === "number" && typed.to === offset)) return nothing(offset);
  const before = tokens.filter((token) => token.kind !== "comment" && token.to <= (typed?.from ?? offset));
  const { from, to } = typed ?? { from: offset, to: offset };
  const kind = kindAfter(before, typed);
  const isInText = typed?.kind === "string";
  if (isInText && kind !== "value") return nothing(offset);
  return { kind, from, to, field: kind === "value" ? (before.at(-2)?.text ?? "") : "" };
}

function nothing(offset: number): TraceqlPlace {
  return { kind: "nothing", from: offset, to: offset, field: "" };
}

/** Whether the caret is in a piece that is being typed, or at its end. */
function isTyped(token: TraceqlToken, offset: number): boolean {
  if (token.kind === "word") return true;
  if (token.kind === "string") return offset < token.to || token.isOpen;
  return (token.kind === "comment" || token.kind === "number") && offset <= token.to;
}

function kindAfter(before: readonly TraceqlToken[], typed: TraceqlToken | undefined): TraceqlPlace["kind"] {
  const last = before.at(-1);
  const inside = openedBy(before);
  if (inside === "{") {
    if (last === undefined || /^(?:\{|\(|&&|\|\||!|[+\-*/%^])$/.test(last.text)) return "field";
    if (comparing.has(last.text)) return before.at(-2)?.kind === "word" ? "value" : "field";
    if (last.kind === "word") return isCompared(before) ? "condition" : "comparison";
    return "condition";
  }
  if (inside !== "")
    return ofFields.test(inside) && /^[(,]$/.test(last?.text ?? "")
      ? "field"
      : inside === "("
        ? "selector"
        : "nothing";
  if (last === undefined || /^(?:&&|\|\||[&!]?(?:>>|<<|[<>~]))$/.test(last.text)) return "selector";
  if (last.text === "|") return "stage";
  if (/^[})]$/.test(last.text)) return typed === undefined ? "operator" : "nothing";
  return "nothing";
}

/** Whether the last word is the right side of a comparison, as in `status = error`. */
function isCompared(before: readonly TraceqlToken[]): boolean {
  return comparing.has(before.at(-2)?.text ?? "");
}

/** What the innermost open bracket is: "{", "(" for a group, the name of a function, or "" for none. */
function openedBy(tokens: readonly TraceqlToken[]): string {
  const open: string[] = [];
  tokens.forEach((token, i) => {
    if (token.kind !== "punctuation") return;
    if (token.text === "{") open.push("{");
    else if (token.text === "(") {
      const before = tokens[i - 1];
      open.push(before?.kind === "word" ? before.text : open.at(-1) === "{" ? "{" : "(");
    } else if (/[)}]/.test(token.text)) open.pop();
  });
  return open.at(-1) ?? "";
}
