import { SkeinError, type JsonObject, type ThreadEntity } from "@skein/client/protocol";
import type { Opened } from "../../agents/driver.ts";
import { BOUNDS } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { notice } from "./notices.ts";
import { some } from "./read.ts";

/** The mode or an option that a person wants of an agent. */
export type Choice =
  | { readonly of: "mode"; readonly value: string }
  | { readonly of: "config"; readonly option: string; readonly value: string | boolean };

/** Choices that the agent has not taken yet, by what they are of, the oldest first. */
export type Choices = ReadonlyMap<string, Choice>;

/** How an agent says that it is set. */
export type Settings = { readonly mode?: string; readonly config?: JsonObject[] };

const nameOf = (choice: Choice): string => (choice.of === "mode" ? "mode" : `config ${choice.option}`);

/**
 * Notes a choice: the thread's entity shows it at once, the agent gets it when it can.
 * @throws SkeinError `too_large` when too many wait for the agent already.
 */
export function choose(draft: Draft, choice: Choice): void {
  const choices = new Map(draft.state.choices);
  // One that replaces another is the newest all the same.
  choices.delete(nameOf(choice));
  if (choices.size >= BOUNDS.choices) {
    throw new SkeinError("too_large", `${BOUNDS.choices} options wait for the agent already.`);
  }
  show(draft, choices.set(nameOf(choice), choice));
}

/** The agent took a choice. */
export function choiceTaken(draft: Draft, choice: Choice): void {
  const { told } = draft.state;
  draft.set({ told: withChoice(told, choice) });
  settle(draft, choice);
}

/** The agent did not take a choice: what holds is shown again, unless another choice has taken its place. */
export function choiceRefused(draft: Draft, choice: Choice, reason: string): void {
  settle(draft, choice);
  const what =
    choice.of === "mode"
      ? `the mode ${JSON.stringify(choice.value)}`
      : `${JSON.stringify(choice.value)} for the option ${JSON.stringify(choice.option)}`;
  notice(draft, "warning", `The agent did not take ${what}. ${reason}`);
}

/** The agent says how it is set; what it has not taken yet is shown all the same. */
export function settingsTold(draft: Draft, settings: Settings): void {
  draft.set({ told: { ...draft.state.told, ...settings } });
  show(draft, draft.state.choices);
}

/**
 * A fresh agent says how it is set. Which settings it keeps by itself differs, and one that was put into a careful mode
 * must not wake up in another: what stood in the thread and is another now is a choice again.
 */
export function settingsOpened(draft: Draft, opened: Pick<Opened, "mode" | "modes">, config?: JsonObject[]): void {
  const { thread, choices: waiting } = draft.state;
  const before = choicesOf(thread);
  const choices = new Map(
    [...before].filter(([name, choice]) => {
      if (choice.of === "mode")
        return choice.value !== opened.mode && (opened.modes !== undefined || waiting.has(name));
      const fresh = config?.find((option) => option["id"] === choice.option);
      return fresh === undefined ? waiting.has(name) : fresh["currentValue"] !== choice.value;
    }),
  );
  const told: Settings = { ...draft.state.told, ...some("mode", opened.mode), ...some("config", config) };
  draft.set({ told });
  show(draft, choices);
}

/** What stands in a thread, as choices. */
export function choicesOf({ mode, config = [] }: Pick<ThreadEntity, "mode" | "config">): Map<string, Choice> {
  const choices: Choice[] = mode === undefined ? [] : [{ of: "mode", value: mode }];
  for (const { id, currentValue: value } of config) {
    if (typeof id === "string" && (typeof value === "string" || typeof value === "boolean")) {
      choices.push({ of: "config", option: id, value });
    }
  }
  return new Map(choices.map((choice) => [nameOf(choice), choice]));
}

function settle(draft: Draft, choice: Choice): void {
  const choices = new Map(draft.state.choices);
  if (choices.get(nameOf(choice)) === choice) choices.delete(nameOf(choice));
  show(draft, choices);
}

function show(draft: Draft, choices: Choices): void {
  draft.set({ choices });
  const { mode, config } = [...choices.values()].reduce(withChoice, draft.state.told);
  draft.thread({ mode, config });
}

function withChoice(settings: Settings, choice: Choice): Settings {
  if (choice.of === "mode") return { ...settings, mode: choice.value };
  const { config = [] } = settings;
  const { option: id, value: currentValue } = choice;
  const known = config.some((option) => option["id"] === id);
  return {
    ...settings,
    config: known
      ? config.map((option) => (option["id"] === id ? { ...option, currentValue } : option))
      : [...config, { id, currentValue }],
  };
}
