import type { Clock, SkeinClient, Timer, Topic } from "../index.ts";
import type { FrameScheduler } from "./frames.ts";
import { Cell, Signals } from "./signals.ts";
import { CONNECTION, OUTBOX, TopicViews, type TopicState } from "./topic-views.ts";

/** What nobody looks at any more is kept this long, in milliseconds: topics, and the connection itself. */
export const KEEP_MS = 5_000;

/** What stands between a client and the components that show it. */
export class ClientStore {
  readonly client: SkeinClient;
  readonly clock: Clock;
  readonly topics: TopicViews;
  readonly #signals: Signals;
  #mounted = 0;
  #stops: (() => void)[] = [];
  #ownsConnection = false;
  #closing: Timer | undefined;

  constructor(client: SkeinClient, clock: Clock, frames: FrameScheduler) {
    this.client = client;
    this.clock = clock;
    this.#signals = new Signals(frames, client.report);
    this.topics = new TopicViews(client, this.#signals, clock, KEEP_MS);
  }

  /** A cell that holds no topic. */
  cell<Value>(keys: readonly string[], compute: (previous: Value | undefined) => Value): Cell<Value> {
    return new Cell(this.#signals, { keys, compute });
  }

  /** A cell that reads a topic and holds it while somebody listens. `keys` as `topicKeys` names them. */
  topicCell<Value>(
    topic: Topic,
    keys: readonly string[],
    compute: (state: TopicState, previous: Value | undefined) => Value,
  ): Cell<Value> {
    return new Cell(this.#signals, {
      keys: [topic, ...keys],
      compute: (previous) => compute(this.topics.read(topic), previous),
      retain: () => this.topics.retain(topic),
    });
  }

  /** A provider shows the client: connects it, unless somebody else did. @returns How to end that. */
  mount(): () => void {
    this.#closing?.cancel();
    this.#closing = undefined;
    this.#mounted++;
    if (this.#stops.length === 0) this.#listen();
    if (this.client.status.state === "idle") {
      this.#ownsConnection = true;
      this.client.connect();
    }
    return () => {
      this.#mounted--;
      if (this.#mounted === 0) this.#closing = this.clock.setTimeout(() => this.#end(), KEEP_MS);
    };
  }

  #listen(): void {
    const { client } = this;
    const connection = (): void => this.#signals.touch(CONNECTION);
    const outbox = (): void => this.#signals.touch(OUTBOX);
    this.#stops = [client.onStatus(connection), client.onProblem(connection), client.outbox.onChange(outbox)];
    // Something may have happened since the first reading.
    connection();
    outbox();
  }

  #end(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    if (this.#ownsConnection) void this.client.close();
    this.#ownsConnection = false;
  }
}
