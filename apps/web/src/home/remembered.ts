import { threadEntity, type ThreadEntity } from "@skein/client";
import type { Entry } from "../lib/device-storage.ts";

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const MAX_DIRECTORIES = 12;

/** The directories that threads were started in from this device, the newest first. */
export const DIRECTORIES: Entry<readonly string[]> = {
  name: "directories",
  read: (stored) => (isStrings(stored) ? stored : []),
};

export const withDirectory = (before: readonly string[], path: string): string[] =>
  [path, ...before.filter((each) => each !== path)].slice(0, MAX_DIRECTORIES);

/** The agent of the last thread that was started from this device. */
export const LAST_AGENT: Entry<string | null> = {
  name: "agent",
  read: (stored) => (typeof stored === "string" ? stored : null),
};

/** What was typed for a thread that was not started yet. */
export const NEW_DRAFT: Entry<string> = {
  name: "draft.new",
  read: (stored) => (typeof stored === "string" ? stored : ""),
};

/** The modes and settings an agent offered in the last thread with it that this device showed, by the agent's name. */
export type AgentOptions = Pick<ThreadEntity, "modes" | "config">;

export const AGENT_OPTIONS: Entry<Record<string, AgentOptions>> = {
  name: "agent-options",
  read(stored) {
    const options: Record<string, AgentOptions> = {};
    for (const [agent, value] of Object.entries(stored ?? {})) {
      const read = threadEntity.pick({ modes: true, config: true }).safeParse(value);
      if (read.success) options[agent] = { modes: read.data.modes, config: read.data.config };
    }
    return options;
  },
};
