import type { Topic } from "@skein/client/protocol";

/** What threads ask before they do anything for somebody. */
export interface Access {
  /** Whether a user may see a topic or give commands there; `board` is a thread's. */
  can(user: string, topic: Topic, action: "read" | "steer", board?: string): Promise<boolean>;
  /** The board a user's new threads are on unless another is named. */
  boardOf(user: string): string;
  /** Every board there is. */
  boards(): Promise<readonly string[]>;
}
