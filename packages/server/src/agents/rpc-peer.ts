import { MAX_NESTING, nestsDeeper, SkeinError, type Json, type JsonObject, type RpcId } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";

/** Error codes of JSON-RPC 2.0 (section 5.1) and ACP version 1 (`ErrorCode` of its schema). */
export const RPC = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  authRequired: -32000,
  notFound: -32002,
  cancelled: -32800,
} as const;

/** An error that one side of the conversation answers to a request of the other. */
export class RequestError extends Error {
  readonly code: number;
  readonly data: Json | undefined;

  constructor(code: number, message: string, data?: Json) {
    super(message);
    this.name = "RequestError";
    this.code = code;
    this.data = data;
  }
}

export type Outcome = { ok: true; result: Json } | { ok: false; error: RequestError | SkeinError };

/** Answers one request of the other side; only the first answer is sent. */
export type Reply = { id: RpcId; result(value: Json): void; error(error: RequestError): void };

export type RpcPeerOptions = {
  clock: Clock;
  /** Sends one line, without its newline. */
  write(line: string): void;
  /** Takes a request. Reading waits for the promise it returns; so does everything behind it (G8). */
  request(method: string, params: Json | undefined, reply: Reply): void | Promise<void>;
  notification(method: string, params: Json | undefined): void | Promise<void>;
  /** Takes what is no message, or one that fits nothing; `line` is its start. */
  fault(text: string, line: string): void | Promise<void>;
};

/** How much of a line is shown in a fault, in UTF-16 units. */
const SHOWN = 500;

/**
 * JSON-RPC 2.0, both ways over lines. Each side makes the ids of its own requests, so the two never mix. What comes
 * in is handled in its order: an answer is settled before the next line is looked at (G8).
 */
export class RpcPeer {
  readonly #options: RpcPeerOptions;
  readonly #waiting = new Map<RpcId, (outcome: Outcome) => void | Promise<void>>();
  /** Requests nobody waits for any more; their answers are no fault. */
  readonly #abandoned = new Set<RpcId>();
  #nextId = 0;
  #closed: SkeinError | null = null;

  constructor(options: RpcPeerOptions) {
    this.#options = options;
  }

  /** Whether it was closed: nothing is sent any more, and nobody waits. */
  get closed(): boolean {
    return this.#closed !== null;
  }

  /** Sends a request. `settle` is called in the order of the answers; its promise holds back what comes after. */
  request(method: string, params: JsonObject, settle: (outcome: Outcome) => void | Promise<void>): RpcId {
    const id = this.#nextId++;
    if (this.#closed) {
      void settle({ ok: false, error: this.#closed });
      return id;
    }
    this.#waiting.set(id, settle);
    this.#send({ jsonrpc: "2.0", id, method, params });
    return id;
  }

  /**
   * Sends a request and waits for its answer. Whoever awaits it runs before the line behind the answer is looked at.
   * @throws RequestError what the other side answered.
   * @throws SkeinError `agent` when no answer came within `timeoutMs` milliseconds, or the peer was closed.
   */
  ask(method: string, params: JsonObject, timeoutMs: number): Promise<Json> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      const id = this.request(method, params, (outcome) => {
        timer.cancel();
        if (outcome.ok) resolve(outcome.result);
        else reject(outcome.error);
        return new Promise((goOn) => setImmediate(goOn));
      });
      const timer = this.#options.clock.setTimeout(() => {
        this.#waiting.delete(id);
        this.#abandoned.add(id);
        const text = `The agent did not answer ${method} within ${timeoutMs / 1000} s.`;
        reject(new SkeinError("agent", text, { detail: { method, timeoutMs } }));
      }, timeoutMs);
    });
  }

  notify(method: string, params: JsonObject): void {
    if (!this.#closed) this.#send({ jsonrpc: "2.0", method, params });
  }

  /** Takes one line. */
  receive(line: string): void | Promise<void> {
    let message: Json;
    try {
      message = JSON.parse(line) as Json;
    } catch {
      return this.#options.fault("a line that is not JSON", line.slice(0, SHOWN));
    }
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      return this.#options.fault("a line that is not a JSON-RPC message", line.slice(0, SHOWN));
    }
    const id = message["id"];
    const method = message["method"];
    // Each level takes two characters, so that no short line is looked through.
    if (line.length > 2 * MAX_NESTING && nestsDeeper(message)) {
      const whose = isId(id) ? { id, asks: typeof method === "string" } : null;
      const error = `The line is nested deeper than ${MAX_NESTING} levels and was skipped.`;
      return this.#refuse(whose, `a line nested deeper than ${MAX_NESTING} levels`, error, line);
    }
    if (typeof method === "string") {
      if (id === undefined) return this.#options.notification(method, message["params"]);
      if (isId(id)) return this.#options.request(method, message["params"], this.#reply(id));
    } else if (isId(id) && ("result" in message || "error" in message)) {
      const outcome: Outcome =
        message["error"] === undefined || message["error"] === null
          ? { ok: true, result: message["result"] ?? null }
          : { ok: false, error: requestError(message["error"]) };
      return this.#settle(id, outcome, line);
    }
    return this.#options.fault("a line that is not a JSON-RPC message", line.slice(0, SHOWN));
  }

  /**
   * Takes the start of a line that was over the bound and skipped. When it shows whose answer or request it was, that
   * one fails, so that nobody waits for ever.
   */
  receiveOverlong(start: string, bytes: number): void | Promise<void> {
    const what = `a line of ${bytes} bytes, which is over the bound`;
    const head = /^\s*\{[^{]*?"id"\s*:\s*(\d+|"(?:[^"\\]|\\.)*")\s*[,}][^{]*/.exec(start);
    const whose =
      head?.[1] === undefined ? null : { id: JSON.parse(head[1]) as RpcId, asks: head[0].includes('"method"') };
    return this.#refuse(whose, what, `The line of ${bytes} bytes is over the bound and was skipped.`, start);
  }

  /** Ends it: every request still waiting fails with `reason`, in the order they were sent. */
  close(reason: SkeinError): void {
    if (this.#closed) return;
    this.#closed = reason;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) void settle({ ok: false, error: reason });
  }

  /** Tells of a line that is not taken; the request it makes or answers fails with `reason`. */
  #refuse(
    whose: { id: RpcId; asks: boolean } | null,
    what: string,
    reason: string,
    line: string,
  ): void | Promise<void> {
    const told = this.#options.fault(what, line.slice(0, SHOWN));
    if (whose === null) return told;
    const error = new RequestError(RPC.invalidRequest, reason);
    if (whose.asks) this.#reply(whose.id).error(error);
    else if (this.#waiting.has(whose.id)) {
      const settled = this.#settle(whose.id, { ok: false, error }, line);
      return Promise.all([told, settled]).then(() => undefined);
    } else this.#abandoned.delete(whose.id);
    return told;
  }

  #settle(id: RpcId, outcome: Outcome, line: string): void | Promise<void> {
    const settle = this.#waiting.get(id);
    if (settle) {
      this.#waiting.delete(id);
      return settle(outcome);
    }
    if (this.#abandoned.delete(id)) return;
    return this.#options.fault(this.#strayAnswer(id), line.slice(0, SHOWN));
  }

  /** What an answer that nobody waits for is. Under JSON-RPC 2.0 (section 5) an id is the same value: `"2"` is not `2`. */
  #strayAnswer(id: RpcId): string {
    const meant = [...this.#waiting.keys()].find((each) => String(each) === id);
    if (meant === undefined) return "an answer to a request that was never made";
    return `an answer under ${JSON.stringify(id)} to the request ${JSON.stringify(meant)}, which goes on waiting for its own`;
  }

  #reply(id: RpcId): Reply {
    let answered = false;
    const send = (answer: JsonObject): void => {
      if (answered || this.#closed) return;
      answered = true;
      this.#send({ jsonrpc: "2.0", id, ...answer });
    };
    return {
      id,
      result: (value) => send({ result: value }),
      error: ({ code, message, data }) =>
        send({ error: data === undefined ? { code, message } : { code, message, data } }),
    };
  }

  #send(message: JsonObject): void {
    this.#options.write(JSON.stringify(message));
  }
}

const isId = (id: Json | undefined): id is RpcId => typeof id === "number" || typeof id === "string";

function requestError(error: Json): RequestError {
  if (typeof error !== "object" || Array.isArray(error) || error === null) {
    return new RequestError(RPC.internal, typeof error === "string" ? error : "The agent gave no reason.", error);
  }
  const { code, message, data } = error;
  return new RequestError(
    typeof code === "number" ? code : RPC.internal,
    typeof message === "string" && message !== "" ? message : "The agent gave no reason.",
    data,
  );
}
