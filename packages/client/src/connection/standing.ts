import type { OutboxEntry } from "./outbox.ts";
import type { ConnectionStatus } from "./status.ts";

/**
 * How it stands with a command, to whoever gave it: `held` until the server is back; else as its entry has it. It is
 * `held` also while it is tried over HTTP, which mostly fails too.
 */
export type Standing = "held" | OutboxEntry["state"];

/** A command that is not answered yet, or whose effect does not show yet, with how it stands. */
export type GivenCommand = Omit<OutboxEntry, "state"> & { readonly state: Standing };

/** Whether there was a connection, or a try to have one, and it is tried again. */
export function isOffline(status: ConnectionStatus): boolean {
  switch (status.state) {
    case "waiting":
      return true;
    case "connecting":
    case "greeting":
      return status.attempt > 0;
    case "idle":
    case "live":
    case "stopped":
      return false;
    default:
      return status satisfies never;
  }
}

/** Whether a command has still to be sent, as far as its giver can tell. */
export const isToSend = ({ state }: Pick<GivenCommand, "state">): boolean =>
  state === "held" || state === "queued" || state === "delayed";

const held = new WeakMap<readonly OutboxEntry[], readonly GivenCommand[]>();

/**
 * The commands of an outbox as they stand, in the order given. The same array for the same entries.
 *
 * @param entries `client.outbox.entries`.
 */
export function commandsGiven(entries: readonly OutboxEntry[], status: ConnectionStatus): readonly GivenCommand[] {
  if (!isOffline(status)) return entries;
  let commands = held.get(entries);
  if (commands === undefined) {
    commands = entries.map((entry) => (entry.state === "answered" ? entry : { ...entry, state: "held" }));
    held.set(entries, commands);
  }
  return commands;
}
