import { useMemo } from "react";
import {
  commandsGiven,
  givenTo,
  pendingPrompts,
  threadTopic,
  type GivenCommand,
  type PendingPrompt,
} from "../index.ts";
import { useCell, useClient } from "./provider.ts";
import type { ClientStore } from "./store.ts";
import { stable } from "./stable.ts";
import { CONNECTION, OUTBOX, topicKeys } from "./topic-views.ts";

/** The commands on their way, as they stand. */
export const givenIn = ({ client }: ClientStore): readonly GivenCommand[] =>
  commandsGiven(client.outbox.entries, client.status);

/** What `useOutbox` gives. */
export type OutboxView = {
  /** The commands that are not answered yet, or whose effect does not show yet, in the order given, and how each stands. */
  entries: readonly GivenCommand[];
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
  const entries = useCell((store) => store.cell([OUTBOX, CONNECTION], () => givenIn(store)), []);
  return useMemo(() => ({ entries, discard: (key) => client.outbox.discard(key) }), [client, entries]);
}

/**
 * The commands about a thread that are on their way: what is shown as given because of them can be marked so. The same
 * array until one of them changes.
 *
 * @param thread The thread's id.
 * @example
 * ```tsx
 * import { useGiven } from "@skein/client/react";
 *
 * function Mark({ thread }: { thread: string }) {
 *   const renamed = useGiven(thread).some(({ method }) => method === "thread.rename");
 *   return renamed && <span>on its way</span>;
 * }
 * ```
 */
export function useGiven(thread: string): readonly GivenCommand[] {
  return useCell(
    (store) =>
      store.cell<readonly GivenCommand[]>([OUTBOX, CONNECTION], (previous) =>
        stable(previous, givenTo(givenIn(store), thread)),
      ),
    [thread],
  );
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
      const keys = [OUTBOX, CONNECTION, topicKeys.kind(topic, "turn")];
      return store.topicCell<readonly PendingPrompt[]>(topic, keys, ({ replica }, previous) => {
        const known = new Map(previous?.map((prompt) => [prompt.key, prompt]));
        const prompts = pendingPrompts(givenIn(store), replica);
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
