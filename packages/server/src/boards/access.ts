import { boardTopic, splitTopic, type Topic } from "@skein/client/protocol";
import { LOCAL_USER, PERSONAL_BOARD } from "./boards.ts";

/** `read`: to see what is on a topic. `steer`: to give commands. */
export type Action = "read" | "steer";

/**
 * The one place that says who may do what (G6): there is one user, on whose board every thread is. `board` is a
 * thread's, where the caller knows it.
 */
export const access = {
  async can(user: string, topic: Topic, action: Action, board: string = PERSONAL_BOARD): Promise<boolean> {
    if (user !== LOCAL_USER) return false;
    const { kind, id } = splitTopic(topic);
    switch (kind) {
      case "server":
        return action === "read";
      case "user":
        return id === user;
      case "board":
        return id === PERSONAL_BOARD;
      case "thread":
        return board === PERSONAL_BOARD;
      default:
        return kind satisfies never;
    }
  },

  /**
   * Whether a user may see every board. Nobody else may have a blob (P81): which threads name one is not kept, and
   * whoever may see one of them need not see it.
   */
  async readsAll(user: string): Promise<boolean> {
    for (const board of await this.boards()) {
      if (!(await this.can(user, boardTopic(board), "read", board))) return false;
    }
    return true;
  },

  /** The board a user's new threads are on unless another is named. */
  boardOf(_user: string): string {
    return PERSONAL_BOARD;
  },

  /** Every board there is. */
  async boards(): Promise<readonly string[]> {
    return [PERSONAL_BOARD];
  },
};
