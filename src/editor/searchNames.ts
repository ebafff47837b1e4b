/** More than this are filtered here instead of by the box, which is sent all of its rows with each key. */
const mostRows = 1000;

/** The names to be listed for what is typed, and how many more there are. */
export function namesShown(
  names: readonly string[],
  typed: string,
): { readonly shown: readonly string[]; readonly hidden: number } {
  if (names.length <= mostRows) return { shown: names, hidden: 0 };
  const wanted = typed.toLowerCase();
  const fitting = names.filter((name) => name.toLowerCase().includes(wanted));
  return { shown: fitting.slice(0, mostRows), hidden: Math.max(0, fitting.length - mostRows) };
}
