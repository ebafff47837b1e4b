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

/** Whether a file is a test's, documentation or data: its texts quote code without being the code. */
export function isAside(file: string): boolean {
  return /(?:^|[/_.-])(?:tests?|spec|specs|__tests__|mocks?|fixtures|docs?|examples?|e2e)(?:[/_.-]|$)|\.(?:md|mdx|txt|json|ya?ml|lock|html?|csv|log|snap|http)$/i.test(
    file,
  );
}
