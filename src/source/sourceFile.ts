import { languageNamed } from "./languages/index.ts";

/** Of places in files, those in files of the language; all of them when none is, or when the language is not known. */
export function ofLanguage<T extends { readonly file: string }>(
  places: readonly T[],
  language: string,
): readonly T[] {
  const extensions = languageNamed(language)?.extensions;
  if (extensions === undefined) return places;
  const own = places.filter((place) => extensions.includes(extensionOf(place.file)));
  return own.length > 0 ? own : places;
}

function extensionOf(file: string): string {
  return file.slice(file.lastIndexOf(".") + 1).toLowerCase();
}

/** Whether a file is a test's, an example's or a document's: what it quotes is not the code that ran. */
export function isAside(file: string): boolean {
  return /(?:^|[/_.-])(?:tests?|specs?|__tests__|mocks?|fixtures|docs?|examples?|e2e)(?:[/_.-]|$)/i.test(
    file,
  );
}

/** Whether a file is text or data and no code at all. */
export function isData(file: string): boolean {
  return /\.(?:md|mdx|rst|txt|json|jsonl|json5|ya?ml|toml|xml|lock|csv|log|snap|map|http|ipynb|svg)$/i.test(
    file,
  );
}
