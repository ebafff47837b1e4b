/**
 * Typed calls between the two sides of a page. A side is an interface of methods; `ask` methods answer or reject, `tell`
 * methods (those returning void) expect nothing. Messages are plain data and ArrayBuffers.
 */
export type Message =
  | { readonly call: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly tell: string; readonly args: readonly unknown[] }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: WireError }
  | { readonly cancel: number };

/** An error as it crosses: the text for the person, and what they can do. */
export interface WireError {
  readonly message: string;
  readonly code: string | undefined;
  readonly action: string | undefined;
}
