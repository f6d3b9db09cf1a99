import {
  givenTo,
  queueAsGiven,
  threadAsGiven,
  threadTopic,
  type SkeinError,
  type ThreadEntity,
  type TurnEntity,
  type WatchStatus,
} from "../index.ts";
import { entitiesOf, type Entity } from "./entities.ts";
import { useCell } from "./provider.ts";
import { stable } from "./stable.ts";
import { CONNECTION, OUTBOX, topicKeys } from "./topic-views.ts";
import { givenIn } from "./use-outbox.ts";

/** What `useThread` gives. */
export type ThreadView = {
  /** How far the thread is; `gone` when it is not to be had, or no longer: see `error`. */
  status: WatchStatus;
  /** Why the thread is `gone`, else `null`. */
  error: SkeinError | null;
  /** Asks again for what is `gone`; harmless in any other status. */
  retry: () => void;
  /** What the thread is, as given; `undefined` until it has come. */
  thread: ThreadEntity | undefined;
  /** The turns that the window holds, in the order they were asked for. */
  turns: readonly Entity<TurnEntity>[];
  /** The turn at work. */
  running: Entity<TurnEntity> | undefined;
  /** The turns that wait, as given, the next one first. */
  queue: readonly Entity<TurnEntity>[];
};

/**
 * A thread, without its timeline: it does not render again while text streams.
 *
 * Its title, mode, options, whether it is archived, and its queue are as they were given on this device, also while that
 * waits in the outbox (see `useGiven`); what is refused is gone again. `turns` are as the server has them.
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
      keys.push(OUTBOX, CONNECTION);
      return store.topicCell<ThreadView>(topic, keys, ({ replica, status, error }, previous) => {
        const given = givenTo(givenIn(store), thread);
        const standing = replica.get("thread", thread);
        const turns = stable(previous?.turns, entitiesOf(replica, "turn").sort(inOrder));
        return stable(previous, {
          status,
          error,
          retry: previous?.retry ?? (() => store.topics.retry(topic)),
          thread: standing && threadAsGiven(standing, given),
          turns,
          running: turns.find(({ value }) => value.status === "running"),
          queue: stable(
            previous?.queue,
            queueAsGiven(
              turns.filter(({ value }) => value.status === "queued"),
              given,
            ),
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
