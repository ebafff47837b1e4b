import { type TraceqlToken, traceqlTokens } from "./traceqlScan.ts";
import { constants, intrinsics, stages } from "./traceqlWords.ts";

/** The types of semantic tokens in use, all of them VS Code's own. */
export const colourTypes = [
  "comment",
  "string",
  "number",
  "operator",
  "keyword",
  "function",
  "variable",
  "namespace",
  "property",
  "enumMember",
] as const;

export interface ColouredPiece {
  readonly from: number;
  readonly to: number;
  readonly type: (typeof colourTypes)[number];
}

const keywords = new Set(["by", "select", "coalesce", "with", "in"]);
const known = {
  constants: new Set(constants.map(({ text }) => text)),
  intrinsics: new Set(intrinsics.map(({ text }) => text)),
  functions: new Set(stages.map(({ text }) => text)),
};

/** The pieces of a query with their colours; an attribute is two, its scope and its name. None goes over a line's end. */
export function traceqlColours(text: string): ColouredPiece[] {
  const tokens = traceqlTokens(text);
  return tokens.flatMap((token, i) => linesOf(text, piecesOf(token, tokens[i + 1])));
}

function piecesOf(token: TraceqlToken, next: TraceqlToken | undefined): ColouredPiece[] {
  const { kind, from, to } = token;
  if (kind === "word") return wordPieces(token, next);
  if (kind === "punctuation" || kind === "unknown") return [];
  return [{ from, to, type: kind }];
}

function wordPieces({ text, from, to }: TraceqlToken, next: TraceqlToken | undefined): ColouredPiece[] {
  if (known.intrinsics.has(text)) return [{ from, to, type: "variable" }];
  if (known.constants.has(text)) return [{ from, to, type: "enumMember" }];
  if (keywords.has(text)) return [{ from, to, type: "keyword" }];
  if (next?.text === "(" && known.functions.has(text)) return [{ from, to, type: "function" }];
  const scope = /^(?:parent\.)?(?:span|resource|event|link|instrumentation|parent)?\./.exec(text)?.[0] ?? "";
  if (scope.length <= 1) return [{ from, to, type: "property" }];
  return [
    { from, to: from + scope.length - 1, type: "namespace" },
    { from: from + scope.length, to, type: "property" },
  ];
}

function linesOf(text: string, pieces: readonly ColouredPiece[]): ColouredPiece[] {
  return pieces.flatMap(({ from, to, type }) => {
    let start = from;
    return text
      .slice(from, to)
      .split("\n")
      .flatMap((line) => {
        const part = { from: start, to: start + line.length, type };
        start = part.to + 1;
        return line === "" ? [] : [part];
      });
  });
}
