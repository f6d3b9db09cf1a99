import type { Item } from "@skein/client";

/** What the list as a whole has to know of an item, as one string, so that it is drawn anew only when that changes. */
export type Trait = {
  /** A message's role, or an entity's status. */
  readonly state: string;
  /** Terminals that a tool call shows within itself. */
  readonly terminals: readonly string[];
};

/** For `useTimeline`; `readTrait` reads it. */
export function traitOf({ kind, value }: Item): string {
  if (kind === "message") return value.text === "" && value.blocks === undefined ? "empty" : value.role;
  const state = typeof value["status"] === "string" ? value["status"] : "";
  if (kind !== "tool") return state;
  const terminals = value.content.flatMap((each) => (each.type === "terminal" ? [each.terminal] : []));
  return [state, ...terminals].join(" ");
}

export function readTrait(trait: string): Trait {
  const [state = "", ...terminals] = trait.split(" ");
  return { state, terminals };
}
