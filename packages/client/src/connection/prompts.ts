import type { Params } from "../protocol/methods.ts";
import { splitTopic } from "../protocol/topics.ts";
import type { Replica } from "../replica/replica.ts";
import type { GivenCommand } from "./standing.ts";

/** A prompt that its sender sees before the server's turn for it is in the replica. */
export type PendingPrompt = {
  /** The command's key: what `client.outbox.discard` takes, and what its turn bears. */
  key: string;
  /** What was written. */
  text: string;
  /** What it carries besides text; empty when nothing. */
  blocks: NonNullable<Params<"thread.prompt">["blocks"]>;
  /** When it was given, in milliseconds since 1970. */
  at: number;
  /** How it stands with it. */
  state: GivenCommand["state"];
  /** Why it is not there yet, when the server said so. */
  error: GivenCommand["error"];
};

/**
 * The prompts of a thread that are in the outbox and not in its replica yet, in the order given. A turn bears the key
 * of the command that asked for it: by that, and never by its text, a prompt is known again and shows once.
 *
 * @param commands `client.outbox.entries`, or as `commandsGiven` has them.
 * @param replica The replica of the thread's topic.
 */
export function pendingPrompts(commands: readonly GivenCommand[], replica: Replica): PendingPrompt[] {
  const { id } = splitTopic(replica.topic);
  const prompts = commands.filter(({ method, params }) => method === "thread.prompt" && params["thread"] === id);
  if (prompts.length === 0) return [];
  const known = new Set([...replica.all("turn").values()].map((turn) => turn["key"]));
  return prompts
    .filter(({ key }) => !known.has(key))
    .map(({ key, params, at, state, error }) => {
      const { text, blocks } = params as Params<"thread.prompt">;
      return { key, text, blocks: blocks ?? [], at, state, error };
    });
}
