import { useEffect, useMemo, useState } from "react";
import { threadTopic, type Item, type SkeinError, type Topic, type WatchStatus } from "../index.ts";
import { useCell, useStore } from "./provider.ts";
import { stable } from "./stable.ts";
import { TimelineKeys, type TimelineKey } from "./timeline-keys.ts";
import { topicKeys } from "./topic-views.ts";

type Snapshot<Trait> = {
  status: WatchStatus;
  /** Why the thread is `gone`. */
  error: SkeinError | null;
  /** The items that are held, in order. The same array until an item comes, goes, or changes its trait. */
  items: readonly TimelineKey<Trait>[];
  /** Whether there are items older than the first. */
  hasOlder: boolean;
};

/** What `useTimeline` gives. */
export type TimelineView<Trait> = Snapshot<Trait> & {
  /** Loads a page of older items and stops following. A second call while one is under way joins it. */
  loadOlder: () => Promise<void>;
  /** Whether a page of older items is on its way. */
  loadingOlder: boolean;
  /** Why the last page could not be loaded. */
  olderError: SkeinError | null;
  /** Whether the newest items are looked at: then what is far older than the window is forgotten. */
  following: boolean;
  /** Say `false` when the reader scrolls back, and `true` when the end is in sight again. */
  setFollowing: (following: boolean) => void;
};

/**
 * The items of a thread in order, as keys: each is shown by a component of its own, that reads it with `useItem`.
 * While text streams, neither the array nor its keys change.
 *
 * @param thread The thread's id.
 * @param traitOf Gives what the list as a whole has to know of an item besides its place, e.g. to group it: a
 *   primitive value. Must be pure, and the same function at every render: define it outside of components.
 * @example
 * ```tsx
 * import { useItem, useTimeline } from "@skein/client/react";
 *
 * function Timeline({ thread }: { thread: string }) {
 *   const { items, hasOlder, loadOlder } = useTimeline(thread);
 *   return (
 *     <main>
 *       {hasOlder && <button onClick={() => void loadOlder()}>Older</button>}
 *       {items.map(({ kind, id }) => kind === "message" && <Message key={id} thread={thread} id={id} />)}
 *     </main>
 *   );
 * }
 *
 * function Message({ thread, id }: { thread: string; id: string }) {
 *   return <p>{useItem(thread, "message", id)?.text}</p>;
 * }
 * ```
 * @example
 * ```tsx
 * import { useTimeline } from "@skein/client/react";
 * import type { Item } from "@skein/client";
 *
 * const isFailedTool = ({ kind, value }: Item) => kind === "tool" && value["status"] === "failed";
 *
 * function Failures({ thread }: { thread: string }) {
 *   const { items } = useTimeline(thread, isFailedTool);
 *   return <p>{items.filter(({ trait }) => trait).length} steps failed</p>;
 * }
 * ```
 */
export function useTimeline<Trait extends Primitive = undefined>(
  thread: string,
  traitOf?: (item: Item) => Trait,
): TimelineView<Trait> {
  const topic = threadTopic(thread);
  const { topics } = useStore();
  const snapshot = useCell(
    (store) => {
      const keys = new TimelineKeys(traitOf);
      return store.topicCell<Snapshot<Trait>>(
        topic,
        [topicKeys.status(topic), topicKeys.timeline(topic)],
        ({ replica, status, error }, previous) =>
          stable(previous, { status, error, items: keys.of(replica.timeline()), hasOlder: replica.hasOlder }),
      );
    },
    [topic, traitOf],
  );
  const [reading, setReading] = useState<Reading>({ topic, ...AT_THE_END });
  // Where the reader is belongs to one thread: another one begins at its end.
  if (reading.topic !== topic) setReading({ topic, ...AT_THE_END });
  const { following, loadingOlder, olderError } = reading.topic === topic ? reading : AT_THE_END;
  useEffect(() => (following ? undefined : topics.readBack(topic)), [topics, topic, following]);

  const actions = useMemo(() => {
    const become = (change: Partial<Reading>): void =>
      setReading((before) => (before.topic === topic ? stable(before, { ...before, ...change }) : before));
    return {
      setFollowing: (following: boolean): void => become({ following }),
      async loadOlder(): Promise<void> {
        become({ following: false, loadingOlder: true, olderError: null });
        try {
          await topics.loadOlder(topic);
          become({ loadingOlder: false });
        } catch (error) {
          become({ loadingOlder: false, olderError: error as SkeinError });
        }
      },
    };
  }, [topics, topic]);

  return useMemo(
    () => ({ ...snapshot, ...actions, following, loadingOlder, olderError }),
    [snapshot, actions, following, loadingOlder, olderError],
  );
}

type Primitive = string | number | boolean | null | undefined;

type Reading = { topic: Topic; following: boolean; loadingOlder: boolean; olderError: SkeinError | null };

const AT_THE_END = { following: true, loadingOlder: false, olderError: null };
