import { SkeinError } from "../protocol/errors.ts";
import { isRequest, readFrame, readMessage, type RpcMessage } from "../protocol/rpc.ts";
import { exceeds, readAnswer, tooLarge, type Ask } from "./ask.ts";
import type { OpenTransport, Transport } from "./transport.ts";

/** What a link tells its connection. */
export type LinkEvents = {
  /** Does the work of one frame; what it gives rise to is told after it. */
  during(work: () => void): void;
  opened(): void;
  /** A frame went out. */
  sent(): void;
  /** A frame came in, whatever is in it. */
  heard(): void;
  notification(method: string, params: unknown): void;
  closed(code: number, reason: string): void;
  /** The other side does not speak the protocol. */
  broken(error: SkeinError): void;
};

/**
 * One generation of a connection: one transport, and the requests sent on it. When it ends, nothing of it is left:
 * its unanswered requests are `lost`, and what still arrives from it is not heard.
 */
export class Link {
  readonly #transport: Transport;
  readonly #events: LinkEvents;
  #waiting = new Map<number, Ask>();
  #lastId = 0;
  #over = false;

  constructor(open: OpenTransport, events: LinkEvents) {
    this.#events = events;
    this.#transport = open({
      opened: () => {
        if (!this.#over) events.opened();
      },
      frame: (text) => {
        if (!this.#over) events.during(() => this.#receive(text));
      },
      closed: (code, reason) => {
        if (!this.#over) events.closed(code, reason);
      },
    });
  }

  /** Sends requests in one frame, or in as few as `limit` bytes allow. One that can never fit is answered `too_large`. */
  send(asks: readonly Ask[], limit: number): void {
    let batch: string[] = [];
    let size = 2;
    for (const ask of asks) {
      const id = ++this.#lastId;
      const text = JSON.stringify({ jsonrpc: "2.0", id, method: ask.method, params: ask.params });
      const bytes = exceeds(text, limit);
      if (bytes !== false) {
        ask.settle({ type: "error", error: tooLarge(ask.method, bytes, limit) });
        continue;
      }
      this.#waiting.set(id, ask);
      if (batch.length > 0 && size + text.length * 3 > limit) {
        this.#write(batch);
        batch = [];
        size = 2;
      }
      batch.push(text);
      size += text.length * 3 + 1;
    }
    this.#write(batch);
  }

  /** Ends it, and settles what it still owed as `lost`. */
  end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#transport.close(code, reason);
    const lost = this.#waiting;
    this.#waiting = new Map();
    for (const ask of lost.values()) ask.settle({ type: "lost" });
  }

  #write(batch: readonly string[]): void {
    const [first] = batch;
    if (first === undefined || this.#over) return;
    this.#transport.send(batch.length === 1 ? first : `[${batch.join(",")}]`);
    this.#events.sent();
  }

  #receive(text: string): void {
    this.#events.heard();
    try {
      for (const message of readFrame(text)) {
        // What came before in this frame may have ended the link.
        if (this.#over) return;
        this.#take(message);
      }
    } catch (error) {
      const message = `A frame could not be taken in: ${error instanceof Error ? error.message : String(error)}.`;
      this.#events.broken(error instanceof SkeinError ? error : new SkeinError("internal", message, { cause: error }));
    }
  }

  #take(message: unknown): void {
    const commit = commitParams(message);
    if (commit !== undefined) {
      this.#events.notification("commit", commit);
      return;
    }
    const read: RpcMessage = readMessage(message);
    if (isRequest(read)) {
      throw new SkeinError("invalid", `The server asked for ${read.method}; a client answers nothing.`);
    }
    if ("method" in read) {
      this.#events.notification(read.method, read.params);
      return;
    }
    const ask = typeof read.id === "number" ? this.#waiting.get(read.id) : undefined;
    if (ask === undefined) {
      // An error without an id says that a frame of ours was not understood; which one, nobody knows.
      const failure = "error" in read ? SkeinError.fromRpc(read.error) : undefined;
      throw new SkeinError("invalid", failure?.message ?? `The server answered ${read.id}, which nobody asked.`);
    }
    this.#waiting.delete(read.id as number);
    ask.settle(readAnswer(ask.method, read));
  }
}

/** The params of a commit notification, without the cost of a schema; `undefined` for any other message. */
function commitParams(message: unknown): unknown {
  if (typeof message !== "object" || message === null) return undefined;
  const { jsonrpc, method, params } = message as { jsonrpc?: unknown; method?: unknown; params?: unknown };
  return jsonrpc === "2.0" && method === "commit" ? (params ?? null) : undefined;
}
