import type { AgentEntity, SkeinError, WatchStatus } from "../index.ts";
import { entitiesOf, type Entity } from "./entities.ts";
import { useCell } from "./provider.ts";
import { stable } from "./stable.ts";
import { topicKeys } from "./topic-views.ts";

/** What `useAgents` gives. */
export type AgentsView = {
  /** How far the list is; `loading` until it has come. */
  status: WatchStatus;
  /** Why it is `gone`, else `null`. */
  error: SkeinError | null;
  /** Asks again for what is `gone`; harmless in any other status. */
  retry: () => void;
  /** Those that are installed first, each by title. */
  agents: readonly Entity<AgentEntity>[];
};

/**
 * The agents that the server knows how to start.
 *
 * @example
 * ```tsx
 * import { useAgents } from "@skein/client/react";
 *
 * function Agents() {
 *   const { agents } = useAgents();
 *   return <select>{agents.map(({ id, value }) => <option key={id} disabled={!value.found}>{value.title}</option>)}</select>;
 * }
 * ```
 */
export function useAgents(): AgentsView {
  return useCell((store) => {
    const keys = [topicKeys.status("server"), topicKeys.kind("server", "agent")];
    return store.topicCell<AgentsView>("server", keys, ({ replica, status, error }, previous) =>
      stable(previous, {
        status,
        error,
        retry: previous?.retry ?? (() => store.topics.retry("server")),
        agents: stable(previous?.agents, entitiesOf(replica, "agent").sort(foundFirst)),
      }),
    );
  }, []);
}

const foundFirst = ({ value: a }: Entity<AgentEntity>, { value: b }: Entity<AgentEntity>): number =>
  Number(b.found) - Number(a.found) || a.title.localeCompare(b.title);
