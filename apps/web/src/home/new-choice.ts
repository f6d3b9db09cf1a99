import type { AgentOffers } from "@skein/client";
import { useAgents, useBoard, type AgentsView } from "@skein/client/react";
import { useStored, type Entry } from "../lib/device-storage.ts";
import { settingsOf, type Setting } from "../thread/lib/settings.ts";
import { DIRECTORIES, LAST_AGENT } from "./remembered.ts";

/** What was chosen and typed for a new thread besides its first prompt; `null` where nothing was. */
type Choice = {
  readonly agent: string | null;
  readonly directory: string | null;
  /** Values of the agent's settings by their ids. */
  readonly settings: Readonly<Record<string, string>>;
};

/** What is said where no directory is. */
export const NO_DIRECTORY = "Say in which directory the agent is to work.";

const NOTHING: Choice = { agent: null, directory: null, settings: {} };

/** Kept as the draft is, until the thread is started. */
export const NEW_CHOICE: Entry<Choice> = { name: "new", read };

function read(value: unknown): Choice {
  const { agent, directory, settings } = (value ?? {}) as Partial<Record<keyof Choice, unknown>>;
  const chosen = typeof settings === "object" && settings !== null ? Object.entries(settings) : [];
  return {
    agent: typeof agent === "string" ? agent : NOTHING.agent,
    directory: typeof directory === "string" ? directory : NOTHING.directory,
    settings: Object.fromEntries(chosen.filter((each): each is [string, string] => typeof each[1] === "string")),
  };
}

/** What a new thread is to be started with, as things stand: as it was chosen, else as it was last or is offered. */
export type NewThread = {
  readonly choice: Choice;
  readonly agents: AgentsView["agents"];
  /** `null` until the server has said what agents there are. */
  readonly agent: string | null;
  readonly offers: AgentOffers | undefined;
  readonly settings: readonly (Setting & { readonly chosen: string })[];
  readonly directory: string;
  readonly recent: readonly string[];
};

export function useNewThread(board: string): NewThread {
  const { agents } = useAgents();
  const recent = useRecentDirectories(board);
  const [lastAgent] = useStored(LAST_AGENT);
  const [choice] = useStored(NEW_CHOICE);
  const found = agents.filter(({ value }) => value.found);
  const foundAgent = (id: string | null): string | undefined => found.find((each) => each.id === id)?.id;
  const agent = foundAgent(choice.agent) ?? foundAgent(lastAgent) ?? preferred(found.map(({ id }) => id));
  const offers = found.find(({ id }) => id === agent)?.value.offers;
  const settings = settingsOf(offers ?? {}).map((setting) => {
    const { [setting.id]: chosen } = choice.settings;
    const isOffered = setting.choices.some(({ value }) => value === chosen);
    return { ...setting, chosen: chosen !== undefined && isOffered ? chosen : setting.value };
  });
  return { choice, agents, agent, offers, settings, directory: choice.directory ?? recent[0] ?? "~", recent };
}

/** Those used from this device first, then those of the threads there are. */
function useRecentDirectories(board: string): readonly string[] {
  const [own] = useStored(DIRECTORIES);
  const { cards } = useBoard(board);
  return [...new Set([...own, ...cards.map(({ value }) => value.cwd)])];
}

/** A real agent before the demo, which is for those who have none yet. */
const preferred = (names: readonly string[]): string | null =>
  names.find((name) => name !== "demo") ?? names[0] ?? null;
