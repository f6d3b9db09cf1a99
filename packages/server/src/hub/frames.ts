import type { EncodedCommit } from "../store/contract.ts";

/** A commit as its JSON-RPC notification. */
export function notification(commit: EncodedCommit): string {
  return `{"jsonrpc":"2.0","method":"commit","params":${commit.text}}`;
}

/** Several messages as one frame: a JSON-RPC 2.0 batch, or the message itself when there is one. */
export function joinFrame(messages: readonly string[]): string {
  return messages.length === 1 ? (messages[0] as string) : `[${messages.join(",")}]`;
}

/**
 * The sequence of messages some connections get in one flush. Connections with the same sequence share one node and
 * so one encoded frame, however many they are: a node is a prefix, its children are what may follow.
 */
export class FrameNode {
  readonly #parent: FrameNode | null;
  readonly #message: string;
  #children: Map<string, FrameNode> | null = null;
  // Connections are visited message by message, so the child asked for last is nearly always the one asked for next.
  #last: FrameNode | null = null;
  #frame: string | null = null;

  private constructor(parent: FrameNode | null, message: string) {
    this.#parent = parent;
    this.#message = message;
  }

  static root(): FrameNode {
    return new FrameNode(null, "");
  }

  /** The sequence that is this one and then `message`; messages are told apart by identity of their text. */
  followedBy(message: string): FrameNode {
    if (this.#last !== null && this.#last.#message === message) return this.#last;
    this.#children ??= new Map();
    let child = this.#children.get(message);
    if (child === undefined) {
      child = new FrameNode(this, message);
      this.#children.set(message, child);
    }
    this.#last = child;
    return child;
  }

  get frame(): string {
    this.#frame ??= joinFrame(this.#messages());
    return this.#frame;
  }

  #messages(): string[] {
    return this.#parent === null ? [] : [...this.#parent.#messages(), this.#message];
  }
}
