/** A command as it is kept until it is answered. */
export type StoredCommand = {
  /** The command's key (P61); names it here too. */
  key: string;
  /** The command's name. */
  method: string;
  /** As they are sent, but for the key. */
  params: Record<string, unknown>;
  /** When it was given, in milliseconds since 1970; made so that no two of one client are equal. */
  at: number;
  /** Whose it is; absent until the server has said who that is. */
  user?: string;
};

/** Where unanswered commands are kept, so that they survive what their client does not. */
export type OutboxStorage = {
  /** All that is kept, in any order. */
  load(): StoredCommand[];
  /** Keeps a command. May throw, e.g. when there is no room: the command is then sent all the same, and shown as not stored. */
  save(command: StoredCommand): void;
  /**
   * Whether a command is still kept. Asked before each time it is sent: several clients may share a storage, and what one
   * of them took out, or had answered, no other one sends.
   */
  has(key: string): boolean;
  /** Forgets a command. Harmless when it is not kept. */
  remove(key: string): void;
};

/** Keeps commands as long as the client object lives: across lost connections, not across a reload. */
export function memoryStorage(): OutboxStorage {
  const commands = new Map<string, StoredCommand>();
  return {
    load: () => [...commands.values()],
    save: (command) => void commands.set(command.key, command),
    has: (key) => commands.has(key),
    remove: (key) => void commands.delete(key),
  };
}

/** The part of the Web Storage interface that is used. */
export type WebStorage = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

/**
 * Keeps commands across a reload of the page, each under an entry of its own, so that tabs do not overwrite each
 * other's. A tab that loads also sends what another one left or still waits for: keys make that harmless. What is taken
 * out in one tab is sent by none.
 *
 * @param storage `localStorage`, as a rule.
 * @param prefix Begins the names of the entries. Give each server one of its own.
 * @example
 * ```ts
 * import { SkeinClient, webStorage } from "@skein/client";
 *
 * const client = new SkeinClient({ url: location.origin, storage: webStorage(localStorage) });
 * ```
 */
export function webStorage(storage: WebStorage, prefix = "skein.outbox."): OutboxStorage {
  return {
    load() {
      const names: string[] = [];
      for (let index = 0; index < storage.length; index++) {
        const name = storage.key(index);
        if (name?.startsWith(prefix)) names.push(name);
      }
      return names.flatMap((name) => {
        const command = read(storage.getItem(name));
        // What nobody can read can be sent by nobody.
        if (command === null) storage.removeItem(name);
        return command ?? [];
      });
    },
    save: (command) => storage.setItem(prefix + command.key, JSON.stringify(command)),
    has: (key) => storage.getItem(prefix + key) !== null,
    remove: (key) => storage.removeItem(prefix + key),
  };
}

function read(text: string | null): StoredCommand | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { key, method, params, at, user } = value as Partial<Record<keyof StoredCommand, unknown>>;
  const fits =
    typeof key === "string" &&
    typeof method === "string" &&
    typeof params === "object" &&
    params !== null &&
    typeof at === "number" &&
    (user === undefined || typeof user === "string");
  return fits ? (value as StoredCommand) : null;
}
