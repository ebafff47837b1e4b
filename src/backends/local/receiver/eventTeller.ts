import type { ReceiverEvent } from "./receiverOptions.ts";

/** Tells each event once, by its kind and topic: ten thousand bad requests are one message. */
export type Tell = (kind: ReceiverEvent["kind"], message: string, topic?: string) => void;

/** Most topics of a kind that are told: they come from senders. */
const mostTopics = 16;
const longestMessage = 500;

export function createTeller(onEvent: (event: ReceiverEvent) => void): Tell {
  const told = new Map<ReceiverEvent["kind"], Set<string>>();
  return (kind, message, topic = "") => {
    const topics = told.get(kind) ?? new Set();
    told.set(kind, topics);
    if (topics.has(topic) || topics.size >= mostTopics) return;
    topics.add(topic);
    onEvent({ kind, message: message.slice(0, longestMessage) });
  };
}
