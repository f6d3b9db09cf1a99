import type { Commit } from "../protocol/changes.ts";
import type { Topic } from "../protocol/topics.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { packReplica } from "../replica/pack.ts";
import type { Replica } from "../replica/replica.ts";
import type { Clock, Timer } from "./clock.ts";
import { readCommit } from "./read-commit.ts";
import type { ReplicaStorage } from "./replica-storage.ts";

/** How long a change may be unkept, in milliseconds. */
const KEEP_WITHIN_MS = 2_000;
/** A storage that has not answered by then, in milliseconds, is not waited for. */
const ANSWERS_WITHIN_MS = 1_000;
/** How much of one topic is kept, in UTF-16 units of JSON. */
const MAX_LENGTH = 1_000_000;

/** Keeps replicas in a storage while they change, and reads them back. */
export class ReplicaKeeper {
  readonly #storage: ReplicaStorage;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  /** Replicas that changed since they were written. */
  readonly #changed = new Map<Topic, Replica>();
  /** What the storage was given to do, and has not done yet. */
  readonly #underWay = new Set<Promise<void>>();
  #timer: Timer | undefined;

  /** @param report Told of what the storage refused: the client goes on without it. */
  constructor(storage: ReplicaStorage, clock: Clock, report: (error: unknown) => void) {
    this.#storage = storage;
    this.#clock = clock;
    this.#report = report;
  }

  /** What is kept of a topic, as a snapshot. `null` when nothing is, nothing that can be read, or not in time. */
  load(topic: Topic): Promise<Commit | null> {
    // Watched before, and changed a moment ago.
    const unkept = this.#changed.get(topic);
    if (unkept) this.#save(unkept);
    return new Promise((resolve) => {
      const late = this.#clock.setTimeout(() => resolve(null), ANSWERS_WITHIN_MS);
      this.#read(topic)
        .catch((error: unknown) => {
          this.#report(error);
          return null;
        })
        .then((commit) => {
          late.cancel();
          resolve(commit);
        }, this.#report);
    });
  }

  /** A replica is another than it was: it is written soon. */
  changed(replica: Replica): void {
    this.#changed.set(replica.topic, replica);
    this.#timer ??= this.#clock.setTimeout(() => this.flush(), KEEP_WITHIN_MS);
  }

  /** Writes at once what has changed. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const replica of this.#changed.values()) this.#save(replica);
  }

  /** Resolves once the storage has done what it was given to do, or is not waited for any more. Never rejects. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const late = this.#clock.setTimeout(resolve, ANSWERS_WITHIN_MS);
      void Promise.all(this.#underWay).then(() => {
        late.cancel();
        resolve();
      });
    });
  }

  /** The topic is not to be had any more. */
  forget(topic: Topic): void {
    this.#changed.delete(topic);
    this.#does(this.#storage.remove(topic));
  }

  /** The server has said who we are. */
  greeted(user: string): void {
    this.#does(this.#storage.belongTo(user));
  }

  /** The server will not have us: nothing that it told us stays. */
  refused(): void {
    this.#changed.clear();
    this.#does(this.#storage.clear());
  }

  #save(replica: Replica): void {
    const { topic } = replica;
    this.#changed.delete(topic);
    const commit = packReplica(replica, MAX_LENGTH);
    if (commit) this.#does(this.#storage.save(topic, JSON.stringify({ protocol: PROTOCOL_VERSION, commit })));
  }

  async #read(topic: Topic): Promise<Commit | null> {
    const text = await this.#storage.load(topic);
    if (text === null) return null;
    const commit = readKept(topic, text);
    // Of another version, or damaged: nobody will ever read it.
    if (commit === null) await this.#storage.remove(topic);
    return commit;
  }

  #does(work: Promise<void>): void {
    const done = work.catch(this.#report).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }
}

function readKept(topic: Topic, text: string): Commit | null {
  try {
    const { protocol, commit } = JSON.parse(text) as { protocol?: unknown; commit?: unknown };
    const read = readCommit(commit);
    return protocol === PROTOCOL_VERSION && read.topic === topic && read.after === null ? read : null;
  } catch {
    return null;
  }
}
