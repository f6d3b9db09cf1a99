import { threadTopic, type PermissionEntity, type QuestionEntity } from "../index.ts";
import { entitiesOf, type Entity } from "./entities.ts";
import { useCell } from "./provider.ts";
import { stable } from "./stable.ts";
import { topicKeys } from "./topic-views.ts";

/** What an agent waits for a person to say, oldest first. */
export type PendingRequests = {
  /** Whether it may do something. */
  readonly permissions: readonly Entity<PermissionEntity>[];
  /** Data it wants, or a page it wants to have visited. */
  readonly questions: readonly Entity<QuestionEntity>[];
};

/**
 * The permissions and questions of a thread that nobody has answered yet; all of them, whatever the window. Answer with
 * `useCommand("thread.answer")`: whoever is first wins, and the request leaves every screen.
 *
 * @param thread The thread's id.
 * @example
 * ```tsx
 * import { useCommand, usePermissions } from "@skein/client/react";
 *
 * function Requests({ thread }: { thread: string }) {
 *   const { permissions } = usePermissions(thread);
 *   const answer = useCommand("thread.answer");
 *   return permissions.map(({ id: permission, value }) => (
 *     <section key={permission}>
 *       {value.title}
 *       {value.options.map(({ optionId: option, name }) => (
 *         <button key={option} onClick={() => void answer.run({ thread, permission, option })}>{name}</button>
 *       ))}
 *     </section>
 *   ));
 * }
 * ```
 */
export function usePermissions(thread: string): PendingRequests {
  const topic = threadTopic(thread);
  return useCell(
    (store) => {
      const keys = [topicKeys.kind(topic, "permission"), topicKeys.kind(topic, "question")];
      return store.topicCell<PendingRequests>(topic, keys, ({ replica }, previous) =>
        stable(previous, {
          permissions: stable(previous?.permissions, pending(entitiesOf(replica, "permission"))),
          questions: stable(previous?.questions, pending(entitiesOf(replica, "question"))),
        }),
      );
    },
    [topic],
  );
}

/**
 * All permissions that were asked about one tool call, oldest first, answered or not. They come after the call, so whoever
 * sees it in the timeline has all of them.
 *
 * @param thread The thread's id.
 * @param tool The tool call's id.
 * @example
 * ```tsx
 * import { usePermissionsOf } from "@skein/client/react";
 *
 * function AskedFor({ thread, tool }: { thread: string; tool: string }) {
 *   return usePermissionsOf(thread, tool).map(({ id, value }) => <p key={id}>{value.title}: {value.status}</p>);
 * }
 * ```
 */
export function usePermissionsOf(thread: string, tool: string): readonly Entity<PermissionEntity>[] {
  const topic = threadTopic(thread);
  return useCell(
    (store) =>
      store.topicCell<readonly Entity<PermissionEntity>[]>(
        topic,
        [topicKeys.kind(topic, "permission")],
        ({ replica }, previous) =>
          stable(previous, inOrder(entitiesOf(replica, "permission").filter(({ value }) => value.tool === tool))),
      ),
    [topic, tool],
  );
}

const inOrder = <Value extends { pos: number }>(all: Entity<Value>[]): Entity<Value>[] =>
  all.sort((a, b) => a.value.pos - b.value.pos);

const pending = <Value extends { status: string; pos: number }>(all: Entity<Value>[]): Entity<Value>[] =>
  inOrder(all.filter(({ value }) => value.status === "pending"));
