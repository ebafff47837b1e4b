import { type ErrorAction, UserError } from "../base/userError.ts";
import type { Message, WireError } from "./rpc.ts";

type Method = (...args: never[]) => unknown;
/** The methods of an interface that answer. */
type Asks<T> = { [M in keyof T]: T[M] extends (...args: never[]) => Promise<unknown> ? M : never }[keyof T] &
  string;
/** The methods of an interface that expect nothing. */
type Tells<T> = { [M in keyof T]: T[M] extends (...args: never[]) => Promise<unknown> ? never : M }[keyof T] &
  string;
type Args<F> = F extends (...args: infer A) => unknown ? A : never;
type Answer<F> = F extends (...args: never[]) => Promise<infer R> ? R : never;

/** One end of a line between two sides; `Remote` is the interface of the other side. */
export interface Channel<Remote> {
  /** Calls a method that answers. Rejects with a UserError, or with the signal's reason when it is aborted. */
  ask<M extends Asks<Remote>>(
    method: M,
    args: Args<Remote[M]>,
    signal?: AbortSignal,
  ): Promise<Answer<Remote[M]>>;
  /** Calls a method that expects nothing. */
  tell<M extends Tells<Remote>>(method: M, args: Args<Remote[M]>): void;
  /** Takes what came from the other side, whatever it is: what is no message is passed over. Never throws. */
  receive(message: unknown): void;
  /** Rejects what is waiting; nothing is sent afterwards. */
  dispose(): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * A line to another side. `post` sends a message; `handlers` are this side's methods, found by their own names alone.
 * `onDefect` hears of errors that are no UserErrors: the other side is told only that something went wrong.
 */
export function createChannel<Remote, Local extends object = object>(
  post: (message: Message) => void,
  handlers: Local,
  onDefect: (error: unknown) => void = () => {},
): Channel<Remote> {
  const waiting = new Map<number, Waiting>();
  const running = new Set<number>();
  // Not from 0: the page is made anew while the editor keeps its end, and a late answer must not meet a new call.
  let lastCall = Math.floor(Math.random() * 2 ** 40);
  let closed = false;

  const send = (message: Message): void => {
    if (!closed) post(message);
  };

  const call = async (id: number, name: string, args: readonly unknown[]): Promise<void> => {
    running.add(id);
    let answer: Message;
    try {
      const method = methodOf(handlers, name);
      if (method === undefined) throw new Error(`There is no method ${JSON.stringify(name.slice(0, 60))}.`);
      answer = { answer: id, value: await Reflect.apply(method, handlers, args) };
    } catch (error) {
      answer = { answer: id, error: wireError(error, onDefect) };
    }
    // One that was cancelled meanwhile has nobody waiting for it.
    if (running.delete(id)) send(answer);
  };

  const hear = (name: string, args: readonly unknown[]): void => {
    const method = methodOf(handlers, name);
    if (method === undefined) return;
    try {
      const result: unknown = Reflect.apply(method, handlers, args);
      if (result instanceof Promise) result.catch(onDefect);
    } catch (error) {
      onDefect(error);
    }
  };

  const settle = (id: number, message: Readonly<Record<string, unknown>>): void => {
    const asked = waiting.get(id);
    if (asked === undefined) return;
    waiting.delete(id);
    if (message.error === undefined) asked.resolve(message.value);
    else asked.reject(userError(message.error));
  };

  return {
    ask: (method, args, signal) =>
      new Promise((resolve, reject) => {
        if (closed) throw new UserError("The page was closed.", { code: "closed" });
        signal?.throwIfAborted();
        const id = ++lastCall;
        const cancel = (): void => {
          if (waiting.delete(id)) send({ cancel: id });
          reject(signal?.reason);
        };
        const done = (): void => signal?.removeEventListener("abort", cancel);
        waiting.set(id, {
          resolve: (value) => {
            done();
            resolve(value as Answer<Remote[typeof method]>);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        });
        signal?.addEventListener("abort", cancel, { once: true });
        send({ call: id, method, args });
      }),
    tell: (method, args) => send({ tell: method, args }),
    receive: (message) => {
      if (closed || typeof message !== "object" || message === null) return;
      const { call: id, method, tell, args, answer, cancel } = message as Readonly<Record<string, unknown>>;
      const list = Array.isArray(args) ? args : [];
      if (typeof id === "number" && typeof method === "string") void call(id, method, list);
      else if (typeof tell === "string") hear(tell, list);
      else if (typeof answer === "number") settle(answer, message as Readonly<Record<string, unknown>>);
      else if (typeof cancel === "number") running.delete(cancel);
    },
    dispose: () => {
      closed = true;
      running.clear();
      const left = [...waiting.values()];
      waiting.clear();
      for (const asked of left) asked.reject(new UserError("The page was closed.", { code: "closed" }));
    },
  };
}

/** A method of the object or its class; nothing that every object has. */
function methodOf(handlers: object, name: string): Method | undefined {
  if (Object.hasOwn(Object.prototype, name)) return undefined;
  const method: unknown = Reflect.get(handlers, name);
  return typeof method === "function" ? (method as Method) : undefined;
}

/** An error as it crosses. What is no UserError is told to `onDefect` and crosses without its text. */
export function wireError(error: unknown, onDefect: (error: unknown) => void): WireError {
  if (error instanceof UserError) return { message: error.message, code: error.code, action: error.action };
  if (error instanceof Error && error.name === "AbortError") {
    return { message: "The request was cancelled.", code: "aborted", action: undefined };
  }
  onDefect(error);
  return {
    message: "Something went wrong inside Traceline. The log has the details.",
    code: "defect",
    action: "openLog",
  };
}

/** The error that a WireError was; anything may have come. */
export function userError(error: unknown): UserError {
  const { message, code, action } = (
    typeof error === "object" && error !== null ? error : {}
  ) as Partial<WireError>;
  return new UserError(typeof message === "string" ? message : "The other side failed without saying why.", {
    code: typeof code === "string" ? code : undefined,
    action: actions.find((known) => known === action),
  });
}

const actions: readonly ErrorAction[] = [
  "openSettings",
  "editConnection",
  "enterSecret",
  "retry",
  "openLog",
  "openAsText",
];
