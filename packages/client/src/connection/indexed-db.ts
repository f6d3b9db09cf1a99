import type { Topic } from "../protocol/topics.ts";
import { overflow, type KeptTopic, type ReplicaBounds, type ReplicaStorage } from "./replica-storage.ts";

const BOUNDS: ReplicaBounds = { topics: 40, length: 16_000_000 };

/** The part of a browser's IndexedDB that is used, told in types of no library: a program for Node has none of the DOM's. */
export type IndexedDb = { open(name: string, version: number): Asked<Database> };
type Listened = { addEventListener(type: string, run: () => void): void };
type Asked<Result> = Listened & { readonly result: Result; readonly error: Error | null };
type Database = Listened & {
  close(): void;
  createObjectStore(name: string): unknown;
  transaction(stores: string[], mode: "readwrite"): Transaction;
};
type Transaction = Listened & { readonly error: Error | null; objectStore(name: string): Store };
type Store = {
  readonly transaction: { commit(): void };
  get(key: string): Asked<unknown>;
  getAll(): Asked<unknown>;
  put(value: unknown, key: string): unknown;
  delete(key: string): unknown;
  clear(): unknown;
};

/** The database's tables: the texts; what is known of them; and who they belong to, under the key `user`. */
const [TEXTS, KEPT, OWNER] = ["texts", "kept", "owner"] as const;

/**
 * Keeps replicas in a browser's IndexedDB, across reloads and the end of the app: the 40 topics used last, of 16 M
 * UTF-16 units together at most. Tabs share it: the one that writes last counts, and any of their texts is exact.
 *
 * @param factory `indexedDB`, as a rule.
 * @param name Of the database: one for each server that pages of one origin talk to.
 * @param bounds How much is kept, where it is not to be as said above.
 * @example
 * ```ts
 * import { indexedDbReplicas, SkeinClient } from "@skein/client";
 *
 * const client = new SkeinClient({ url: location.origin, replicas: indexedDbReplicas(indexedDB) });
 * ```
 */
export function indexedDbReplicas(
  factory: IndexedDb,
  name = "skein.replicas",
  bounds: ReplicaBounds = BOUNDS,
): ReplicaStorage {
  let opened: Promise<Database> | null = null;
  const database = (): Promise<Database> => {
    opened ??= open(factory, name, () => (opened = null)).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  const change = async (work: (stores: Stores) => void): Promise<void> => {
    const using = database();
    const handle = await using;
    try {
      await transact(handle, work);
    } catch (error) {
      // A handle that failed once may be dead for good, as after the browser's process for it ended: the next one is new.
      if (opened === using) opened = null;
      handle.close();
      throw error;
    }
  };

  return {
    belongTo: (user) =>
      change((stores) => {
        whenDone(stores.owner.get("user"), (before: unknown) => {
          if (before === user) return;
          clear(stores);
          stores.owner.put(user, "user");
        });
      }),
    async load(topic) {
      let found: string | null = null;
      await change(({ texts, kept }) => {
        whenDone(texts.get(topic), (text: unknown) => {
          if (typeof text !== "string") return;
          found = text;
          kept.put({ topic, at: Date.now(), length: text.length } satisfies KeptTopic, topic);
        });
      });
      return found;
    },
    async save(topic, text) {
      await change(({ texts, kept }) => {
        texts.put(text, topic);
        kept.put({ topic, at: Date.now(), length: text.length } satisfies KeptTopic, topic);
        // Said at once, it also holds when the page ends now, which would abort what waits for answers.
        texts.transaction.commit();
      });
      await change((stores) => {
        whenDone(stores.kept.getAll(), (all: unknown) => {
          for (const old of overflow(all as KeptTopic[], bounds)) drop(stores, old);
        });
      });
    },
    remove: (topic) => change((stores) => drop(stores, topic)),
    clear: () => change(clear),
  };
}

type Stores = { texts: Store; kept: Store; owner: Store };

function drop({ texts, kept }: Pick<Stores, "texts" | "kept">, topic: Topic): void {
  texts.delete(topic);
  kept.delete(topic);
}

function clear({ texts, kept, owner }: Stores): void {
  for (const store of [texts, kept, owner]) store.clear();
}

function open(factory: IndexedDb, name: string, closed: () => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    const asked = factory.open(name, 1);
    asked.addEventListener("upgradeneeded", () => {
      for (const store of [TEXTS, KEPT, OWNER]) asked.result.createObjectStore(store);
    });
    asked.addEventListener("success", () => {
      const { result } = asked;
      // A later version of the app, or the person who clears what the browser keeps, must not wait for this page.
      result.addEventListener("versionchange", () => {
        result.close();
        closed();
      });
      result.addEventListener("close", closed);
      resolve(result);
    });
    asked.addEventListener("error", () => reject(failure(asked.error)));
  });
}

/** Does everything in one transaction. @throws Error what the browser refused, as when its disk is full. */
function transact(database: Database, work: (stores: Stores) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([TEXTS, KEPT, OWNER], "readwrite");
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(failure(transaction.error)));
    const [texts, kept, owner] = [TEXTS, KEPT, OWNER].map((store) => transaction.objectStore(store));
    if (texts && kept && owner) work({ texts, kept, owner });
  });
}

function whenDone<Value>(request: Asked<Value>, run: (value: Value) => void): void {
  request.addEventListener("success", () => run(request.result));
}

const failure = (error: Error | null): Error => error ?? new Error("The browser keeps nothing for this page.");
