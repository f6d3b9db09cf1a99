import type { Clock, Commit, SkeinClient, SkeinError, Timer, Topic, Watch, WatchStatus } from "../index.ts";
import { Replica } from "../replica/replica.ts";
import type { Signals } from "./signals.ts";

/** Names of what changes in a topic, for `Signals`. */
export const topicKeys = {
  status: (topic: Topic) => `${topic} status`,
  timeline: (topic: Topic) => `${topic} timeline`,
  kind: (topic: Topic, kind: string) => `${topic} kind ${kind}`,
  entity: (topic: Topic, kind: string, id: string) => `${topic} entity ${kind} ${id}`,
};

/** What there is to see of a topic at this moment. */
export type TopicState = {
  replica: Replica;
  status: WatchStatus;
  error: SkeinError | null;
};

type View = {
  watch: Watch;
  holders: number;
  /** How many of them read back. */
  readers: number;
  releasing: Timer | undefined;
};

/**
 * The topics that components look at. They are counted, and one that nobody looks at any more is kept for a short
 * while: whoever moves from view to view, or mounts twice as Strict Mode does, finds it as it was left.
 */
export class TopicViews {
  readonly #client: SkeinClient;
  readonly #signals: Signals;
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #views = new Map<Topic, View>();

  constructor(client: SkeinClient, signals: Signals, clock: Clock, keepMs: number) {
    this.#client = client;
    this.#signals = signals;
    this.#clock = clock;
    this.#keepMs = keepMs;
  }

  /** A topic nobody holds is seen as one that loads. */
  read(topic: Topic): TopicState {
    return this.#views.get(topic)?.watch ?? { replica: new Replica(topic), status: "loading", error: null };
  }

  /** How many commits the held topics lack, as far as is known, and whether any of them may be old. */
  lag(): { behind: number; old: boolean } {
    const watches = [...this.#views.values()].map(({ watch }) => watch);
    return {
      behind: watches.reduce((sum, watch) => sum + watch.behind, 0),
      old: watches.some(({ status }) => status === "catching up"),
    };
  }

  /** Holds a topic. @returns How to let go of it. */
  retain(topic: Topic): () => void {
    const view = this.#open(topic);
    view.holders++;
    return () => {
      view.holders--;
      if (view.holders > 0) return;
      view.releasing = this.#clock.setTimeout(() => this.#close(topic, view), this.#keepMs);
    };
  }

  /** Keeps what is older than the window while somebody reads it. @returns How to end that. */
  readBack(topic: Topic): () => void {
    const release = this.retain(topic);
    const view = this.#open(topic);
    view.readers++;
    view.watch.readBack();
    return () => {
      view.readers--;
      if (view.readers === 0) view.watch.follow();
      release();
    };
  }

  /** Loads a page of older items into a topic that is held. @returns Whether there are older ones still. */
  loadOlder(topic: Topic): Promise<boolean> {
    return this.#views.get(topic)?.watch.loadOlder() ?? Promise.resolve(false);
  }

  /** Asks again for a topic that is held and `gone`. */
  retry(topic: Topic): void {
    this.#views.get(topic)?.watch.retry();
  }

  #open(topic: Topic): View {
    const found = this.#views.get(topic);
    if (found) {
      found.releasing?.cancel();
      found.releasing = undefined;
      if (found.holders > 0 || found.watch.status !== "gone") return found;
      // Whoever looks again may have been let in meanwhile.
      this.#close(topic, found);
    }
    const watch = this.#client.watch(topic);
    const view: View = { watch, holders: 0, readers: 0, releasing: undefined };
    this.#views.set(topic, view);
    watch.onChange((commit) => this.#changed(topic, view, commit));
    watch.onWindow(() => this.#touchAll(topic));
    watch.onStatus(() => {
      this.#touchAll(topic);
      this.#signals.touch(CONNECTION);
    });
    return view;
  }

  #close(topic: Topic, view: View): void {
    view.watch.release();
    this.#views.delete(topic);
    this.#signals.touch(CONNECTION);
  }

  #changed(topic: Topic, view: View, commit: Commit): void {
    if (view.watch.status !== "live") this.#signals.touch(CONNECTION);
    if (commit.after === null) {
      // Also what no change names may be another, or gone.
      this.#touchAll(topic);
      return;
    }
    for (const { kind, id } of commit.changes) {
      this.#signals.touch(topicKeys.entity(topic, kind, id));
      this.#signals.touch(topicKeys.kind(topic, kind));
    }
    this.#signals.touch(topicKeys.timeline(topic));
  }

  #touchAll(topic: Topic): void {
    this.#signals.touch(topic);
  }
}

/** Names the connection, its status and lag, for `Signals`. */
export const CONNECTION = "connection";
/** Names the outbox, for `Signals`. */
export const OUTBOX = "outbox";
