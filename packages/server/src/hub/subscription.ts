import type { Position, Topic } from "@skein/client/protocol";
import type { Timer } from "../clock.ts";
import type { HubConnection } from "./connection.ts";

export type SubscribeOptions = {
  after?: Position | undefined;
  /** Whether the client goes on from a position of an earlier epoch (P30). */
  moves?: boolean | undefined;
  window?: number | undefined;
  maxHz?: number | undefined;
};

/** A cursor of one connection into one topic's log. */
export class Subscription {
  /** What the connection has been sent up to; `null` until the first snapshot. */
  position: number | null;
  /** Being read for: live commits are not sent meanwhile, the read will bring them. */
  reading = false;
  /** Its place among the topic's followers; kept by `TopicHeads`. */
  place = -1;
  /** Before this time nothing is sent (`maxHz`). */
  notBefore = 0;
  timer: Timer | null = null;
  readonly connection: HubConnection;
  readonly topic: Topic;
  readonly options: SubscribeOptions;
  /** Whether it gets merged commits only (`maxHz`). Said here, since every flush asks it of every follower. */
  readonly conflated: boolean;

  constructor(connection: HubConnection, topic: Topic, position: number | null, options: SubscribeOptions) {
    this.connection = connection;
    this.topic = topic;
    this.position = position;
    this.options = options;
    this.conflated = options.maxHz !== undefined;
  }
}
