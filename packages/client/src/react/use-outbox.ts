import { useMemo } from "react";
import { pendingPrompts, threadTopic, type OutboxEntry, type PendingPrompt } from "../index.ts";
import { useCell, useClient } from "./provider.ts";
import { stable } from "./stable.ts";
import { OUTBOX, topicKeys } from "./topic-views.ts";

export type OutboxView = {
  /** The commands that are not answered yet, in the order given. */
  entries: readonly OutboxEntry[];
  /** Takes one out; one that was sent may have had its effect all the same. @returns Whether it was there. */
  discard: (key: string) => boolean;
};

/**
 * The commands on their way, e.g. those given offline.
 *
 * @example
 * ```tsx
 * import { useOutbox } from "@skein/client/react";
 *
 * function Outbox() {
 *   const { entries, discard } = useOutbox();
 *   return entries.map(({ key, method }) => <button key={key} onClick={() => discard(key)}>Do not {method}</button>);
 * }
 * ```
 */
export function useOutbox(): OutboxView {
  const client = useClient();
  const entries = useCell((store) => store.cell([OUTBOX], () => store.client.outbox.entries), []);
  return useMemo(() => ({ entries, discard: (key) => client.outbox.discard(key) }), [client, entries]);
}

/**
 * The prompts of a thread that were given and are not among its turns yet, to be shown at its end. A prompt leaves in the
 * frame in which its turn comes. `useOutbox` can take one back.
 *
 * @param thread The thread's id.
 * @example
 * ```tsx
 * import { usePendingPrompts } from "@skein/client/react";
 *
 * function OnTheirWay({ thread }: { thread: string }) {
 *   return usePendingPrompts(thread).map(({ key, text, state }) => <p key={key}>{text} ({state})</p>);
 * }
 * ```
 */
export function usePendingPrompts(thread: string): readonly PendingPrompt[] {
  const topic = threadTopic(thread);
  return useCell(
    (store) => {
      const keys = [OUTBOX, topicKeys.kind(topic, "turn")];
      return store.topicCell<readonly PendingPrompt[]>(topic, keys, ({ replica }, previous) => {
        const known = new Map(previous?.map((prompt) => [prompt.key, prompt]));
        const prompts = pendingPrompts(store.client.outbox.entries, replica);
        return stable(
          previous,
          prompts.map((prompt) => samePrompt(known.get(prompt.key), prompt)),
        );
      });
    },
    [topic],
  );
}

/** Of one key, only state and error ever change. */
const samePrompt = (before: PendingPrompt | undefined, now: PendingPrompt): PendingPrompt =>
  before?.state === now.state && before.error === now.error ? before : now;
