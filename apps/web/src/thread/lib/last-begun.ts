import type { TurnEntity } from "@skein/client";
import type { Entity } from "@skein/client/react";

/** The newest turn that has begun: one that was dropped from the queue never did, whatever its status. */
export const lastBegun = (turns: readonly Entity<TurnEntity>[]): Entity<TurnEntity> | undefined =>
  turns.findLast(({ value }) => value.pos !== undefined);
