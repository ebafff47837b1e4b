/** One mapping: from 0, as in the file format; without a source where the code comes from none. */
export type Segment =
  | readonly [column: number, source: number, line: number, sourceColumn: number]
  | readonly [column: number];

/** A source map's text, by what each generated line is made of. */
export function mapText(
  lines: readonly (readonly Segment[])[],
  sources: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ version: 3, sources, names: [], mappings: mappings(lines), ...more });
}

/** Each generated line is the line of the first source that stands at its place, 0 for none: `[3, 0, 4]`. */
export function lineMap(
  lines: readonly number[],
  source: string,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const segments = lines.map((line): Segment[] => (line === 0 ? [] : [[0, 0, line - 1, 0]]));
  return mapText(segments, [source], more);
}

/** Base64 digits of signed numbers, each as the difference to the one before in its field (ECMA-426, "mappings"). */
function mappings(lines: readonly (readonly Segment[])[]): string {
  const before = [0, 0, 0, 0];
  const texts = lines.map((segments) => {
    before[0] = 0;
    const parts = segments.map((segment) =>
      segment
        .map((value, field) => {
          const difference = value - before[field];
          before[field] = value;
          return digits(difference);
        })
        .join(""),
    );
    return parts.join(",");
  });
  return texts.join(";");
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function digits(value: number): string {
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = "";
  do {
    const five = rest % 32;
    rest = Math.floor(rest / 32);
    text += alphabet[rest > 0 ? five + 32 : five];
  } while (rest > 0);
  return text;
}
