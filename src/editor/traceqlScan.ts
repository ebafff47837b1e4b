export type TokenKind = "comment" | "string" | "number" | "word" | "operator" | "punctuation" | "unknown";

/** A piece of a query, from `from` to before `to`; white space is in none. */
export interface TraceqlToken {
  readonly kind: TokenKind;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** A text or comment whose end is missing. */
  readonly isOpen: boolean;
}

const unit = "(?:ns|us|µs|μs|ms|s|m|h)";
const number = "(?:\\d+(?:\\.\\d+)?|\\.\\d+)";
/** A name ends at white space and at what stands between names. */
const nameEnd = '\\s{}()=~!<>&|^,"`\\[\\]';

const kinds: readonly (readonly [TokenKind, RegExp])[] = [
  ["comment", /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ["string", /"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\\?$)|`[^`]*(?:`|$)/y],
  ["number", new RegExp(`${number}(?:${unit}(?:${number}${unit})*)?(?![^${nameEnd}+*/%-])`, "y")],
  // A name in quotes may follow a dot: span."my attribute".
  ["word", new RegExp(`[\\p{L}_$.](?:[^${nameEnd}]|(?<=\\.)"(?:[^"\\\\\\n]|\\\\.)*"?)*`, "uy")],
  ["operator", /&>>|&<<|!>>|!<<|&>|&<|&~|!>|!<|&&|\|\||>>|<<|>=|<=|!=|=~|!~|[=<>~!+\-*/%^|]/y],
  ["punctuation", /[{}(),[\]]/y],
  ["unknown", /[^\s]/uy],
];

/**
 * The pieces of a TraceQL query, whatever is wrong with it. The grammar's own tree leaves out key words and loses its hold of a
 * query that is half typed; colours, completion and hovers need both.
 * Source: the lexical rules of grafana/tempo, `pkg/traceql/lexer.go`.
 */
export function traceqlTokens(text: string): TraceqlToken[] {
  const tokens: TraceqlToken[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at])) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.to;
  }
  return tokens;
}

function tokenAt(text: string, from: number): TraceqlToken {
  for (const [kind, pattern] of kinds) {
    pattern.lastIndex = from;
    const found = pattern.exec(text)?.[0];
    if (found === undefined || found === "") continue;
    return { kind, text: found, from, to: from + found.length, isOpen: isOpen(kind, found) };
  }
  return { kind: "unknown", text: text[from], from, to: from + 1, isOpen: false };
}

function isOpen(kind: TokenKind, text: string): boolean {
  if (kind === "comment") return text.startsWith("/*") && !/\*\/$/.test(text.slice(2));
  if (kind !== "string") return false;
  if (text.startsWith("`")) return text.length < 2 || !text.endsWith("`");
  return !/^"(?:[^"\\]|\\.)*"$/.test(text);
}

/** The query with blanks in place of its comments, every other sign where it was. */
export function withoutComments(text: string): string {
  return replaced(text, (token) =>
    token.kind === "comment" ? token.text.replace(/[^\n]/g, " ") : token.text,
  );
}

/** The query with each piece as `change` makes it, which has to keep its length. */
export function replaced(text: string, change: (token: TraceqlToken) => string): string {
  let made = "";
  let at = 0;
  for (const token of traceqlTokens(text)) {
    made += text.slice(at, token.from) + change(token);
    at = token.to;
  }
  return made + text.slice(at);
}

/** The query in one line, as a box shows it. */
export function oneLine(text: string): string {
  return withoutComments(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}
