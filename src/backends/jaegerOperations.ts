import { member } from "./json.ts";
import { names } from "./nameList.ts";

/**
 * Names of the operations `{name, spanKind}` of a kind; "" for all. The server narrows them where its store knows the kinds,
 * and some stores do not: when none of them tells its kind, all are answered.
 */
export function operationNames(operations: readonly unknown[], kind: string): readonly string[] {
  const kindOf = (operation: unknown) => member(operation, "spanKind");
  const isTold = operations.some((operation) => kindOf(operation) !== undefined && kindOf(operation) !== "");
  const wanted =
    kind === "" || !isTold
      ? operations
      : operations.filter((operation) => (kindOf(operation) || "internal") === kind);
  return names(wanted.map((operation) => member(operation, "name")));
}
