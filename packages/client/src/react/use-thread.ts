import { threadTopic, type SkeinError, type ThreadEntity, type TurnEntity, type WatchStatus } from "../index.ts";
import { entitiesOf, type Entity } from "./entities.ts";
import { useCell } from "./provider.ts";
import { stable } from "./stable.ts";
import { topicKeys } from "./topic-views.ts";

export type ThreadView = {
  /** How far the thread is; `gone` when it is not to be had, or no longer: see `error`. */
  status: WatchStatus;
  error: SkeinError | null;
  /** What the thread is; `undefined` until it has come. */
  thread: ThreadEntity | undefined;
  /** The turns that the window holds, in the order they were asked for. */
  turns: readonly Entity<TurnEntity>[];
  /** The turn at work. */
  running: Entity<TurnEntity> | undefined;
  /** The turns that wait, the next one first. */
  queue: readonly Entity<TurnEntity>[];
};

/**
 * A thread, without its timeline: it does not render again while text streams.
 *
 * @param thread The thread's id.
 * @example
 * ```tsx
 * import { useThread } from "@skein/client/react";
 *
 * function Header({ id }: { id: string }) {
 *   const { status, error, thread, running, queue } = useThread(id);
 *   if (status === "gone") return <p>{error?.message}</p>;
 *   return <h1>{thread?.title} {running && "at work"} {queue.length > 0 && `${queue.length} queued`}</h1>;
 * }
 * ```
 */
export function useThread(thread: string): ThreadView {
  const topic = threadTopic(thread);
  return useCell(
    (store) => {
      const keys = [topicKeys.status(topic), topicKeys.kind(topic, "thread"), topicKeys.kind(topic, "turn")];
      return store.topicCell<ThreadView>(topic, keys, ({ replica, status, error }, previous) => {
        const turns = stable(previous?.turns, entitiesOf<TurnEntity>(replica, "turn").sort(inOrder));
        return stable(previous, {
          status,
          error,
          thread: replica.get("thread", thread) as ThreadEntity | undefined,
          turns,
          running: turns.find(({ value }) => value.status === "running"),
          queue: stable(
            previous?.queue,
            turns.filter(({ value }) => value.status === "queued"),
          ),
        });
      });
    },
    [thread],
  );
}

/** Those that began by their place; then those that wait, by their order, as the server takes them. */
function inOrder(a: Entity<TurnEntity>, b: Entity<TurnEntity>): number {
  const [left, right] = [a.value.pos, b.value.pos];
  if (left !== undefined && right !== undefined) return left - right;
  if (left === undefined && right === undefined) return orderOf(a) - orderOf(b) || numberOf(a.id) - numberOf(b.id);
  return left === undefined ? 1 : -1;
}

const orderOf = ({ id, value }: Entity<TurnEntity>): number => value.order ?? numberOf(id);
const numberOf = (id: string): number => Number(id.replace(/\D+/g, ""));
