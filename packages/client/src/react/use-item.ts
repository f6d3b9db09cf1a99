import { threadTopic, type EntityValue, type ThreadEntityKind } from "../index.ts";
import { useCell } from "./provider.ts";
import { topicKeys } from "./topic-views.ts";

/**
 * One entity of a thread: only who shows it renders again when it changes, e.g. while its text streams.
 *
 * @param thread The thread's id.
 * @param kind The entity's kind; the key of a timeline names it.
 * @param id The entity's id.
 * @returns Its value, another object when it changed; `undefined` when it is not held.
 * @example
 * ```tsx
 * import { useItem } from "@skein/client/react";
 *
 * function Message({ thread, id }: { thread: string; id: string }) {
 *   const message = useItem(thread, "message", id);
 *   return <p aria-busy={message?.status === "streaming"}>{message?.text}</p>;
 * }
 * ```
 */
export function useItem<Kind extends ThreadEntityKind>(
  thread: string,
  kind: Kind,
  id: string,
): EntityValue<Kind> | undefined {
  const topic = threadTopic(thread);
  const key = topicKeys.entity(topic, kind, id);
  return useCell((store) => store.topicCell(topic, [key], ({ replica }) => replica.get(kind, id)), [key]);
}
