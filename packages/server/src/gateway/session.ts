import {
  check,
  CLOSE,
  isRequest,
  METHODS,
  PROTOCOL_VERSION,
  readFrame,
  SESSION_METHODS,
  SkeinError,
  type Limits,
  type RpcRequest,
} from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import type { HubConnection } from "../hub/connection.ts";
import { dispatch, requireRead, unknownMethod, type Answerers } from "./dispatch.ts";
import { Lanes } from "./lanes.ts";
import { asSkeinError, errorMessage, idOf, MOST_WAITING, readAsked, resultMessage } from "./messages.ts";
import { take, type Bucket } from "./token-bucket.ts";
import { hasEnded, type Principal } from "./tokens.ts";

const MALFORMED_IN_A_ROW = 5;
/** Messages of any kind a connection may send per request it may make: subscriptions come in one burst. */
const MESSAGES_PER_REQUEST = 8;
/** Requests of one connection that are carried out at a time: their answers are in memory together (G5). */
const UNDER_WAY = 32;
/** Of what waits to be dealt with a connection's frames may make up so many times the largest one (P9, G5). */
const WAITING_FRAMES = 4;

export type SessionContext = {
  domain: Answerers;
  clock: Clock;
  limits: Limits;
  server: { name: string; version: string; epoch: string };
  /** What keeps the server from accepting work for the time being. */
  problem: () => string | null;
  /** Finds who a token belongs to. */
  authenticate(token: string): Promise<Principal | null>;
  /** Whether the token that somebody came in with still lets them in. */
  isValid(principal: Principal): Promise<boolean>;
  /** Ends the connection a new one takes the place of, when both are the same person's. */
  supersede(connection: string, by: Principal): void;
  report: (error: unknown) => void;
};

/** A message that was not begun yet, and the bytes that are let go of with it. */
type Waiting = { message: unknown; bytes: number };

/**
 * One client's connection, from its first frame to its end.
 *
 *   greeting ── hello, known ──▶ open ── close, drain, silence ──▶ ended
 *      └── anything else first, unknown token, too late ──▶ ended (4400, 4401, 4408)
 */
export class Session {
  readonly id: string;
  readonly openedAt: number;
  /** When a frame last came, by the clock. */
  heardAt: number;
  #principal: Principal | null;
  #state: "greeting" | "open" | "ended" = "greeting";
  #malformed = 0;
  /** Set by a request after whose error the connection ends. */
  #closing: { code: number; reason: string } | null = null;
  #requests: Bucket;
  #messages: Bucket;
  #inbox: Waiting[] = [];
  #inboxBytes = 0;
  #working = false;
  #underWay = 0;
  /** The last that was asked about a topic is what counts (P33, P34). */
  readonly #subscribing = new Lanes();
  readonly #context: SessionContext;
  readonly #connection: HubConnection;
  readonly #opened: () => void;
  readonly #close: (code: number, reason: string) => void;

  constructor(
    context: SessionContext,
    wiring: {
      id: string;
      connection: HubConnection;
      /** Called once somebody is signed in on it. */
      opened: () => void;
      close: (code: number, reason: string) => void;
      /** Who the upgrade request already proved to be, by cookie or header. */
      principal: Principal | null;
    },
  ) {
    this.#context = context;
    this.id = wiring.id;
    this.#connection = wiring.connection;
    this.#opened = wiring.opened;
    this.#close = wiring.close;
    this.#principal = wiring.principal;
    const now = context.clock.elapsed();
    this.openedAt = now;
    this.heardAt = now;
    const { requestBurst } = context.limits;
    this.#requests = { tokens: requestBurst, at: now };
    this.#messages = { tokens: requestBurst * MESSAGES_PER_REQUEST, at: now };
  }

  get principal(): Principal | null {
    return this.#state === "open" ? this.#principal : null;
  }

  /** The hash of the token it was or will be let in by, as far as is known. */
  get token(): string | null {
    return this.#principal?.token ?? null;
  }

  /** Takes one inbound frame. */
  receive(frame: string): void {
    if (this.#state === "ended") return;
    this.heardAt = this.#context.clock.elapsed();
    const { frameBytes } = this.#context.limits;
    const bytes = Buffer.byteLength(frame);
    if (bytes > frameBytes) {
      this.#fail(null, new SkeinError("too_large", `A frame may have ${frameBytes} bytes at most.`));
      this.end(CLOSE.tooLarge, `A frame may have ${frameBytes} bytes at most.`);
      return;
    }
    let messages: unknown[];
    try {
      messages = readFrame(frame);
    } catch (error) {
      this.#refuseMalformed(asSkeinError(error, this.#context.report));
      return;
    }
    if (this.#inbox.length + messages.length > MOST_WAITING) {
      this.end(CLOSE.tooFast, `More than ${MOST_WAITING} messages of this connection wait to be dealt with.`);
      return;
    }
    if (this.#inboxBytes + bytes > WAITING_FRAMES * frameBytes) {
      this.end(
        CLOSE.tooFast,
        `More than ${WAITING_FRAMES * frameBytes} bytes of this connection wait to be dealt with.`,
      );
      return;
    }
    // What a batch takes is let go of with the last of it: its messages are one text's.
    messages.forEach((message, index) => {
      this.#inbox.push({ message, bytes: index === messages.length - 1 ? bytes : 0 });
    });
    this.#inboxBytes += bytes;
    void this.#work();
  }

  /** The socket has written something; `waiting` bytes are left in it. */
  drained(waiting: number): void {
    this.#connection.drained(waiting);
    void this.#work();
  }

  /** Looks at the clock: closes who said no hello in time, or nothing at all for too long, or whose token has ended. */
  checkTime(): void {
    const { clock, limits } = this.#context;
    const now = clock.elapsed();
    const { helloMs, silentMs } = limits;
    if (this.#principal !== null && hasEnded(this.#principal, clock.now())) {
      this.end(CLOSE.unauthorized, "The token has expired.");
      return;
    }
    if (this.#state === "greeting" && now - this.openedAt >= helloMs) {
      this.end(CLOSE.silent, `No hello within ${helloMs} ms.`);
    } else if (now - this.heardAt >= silentMs) {
      this.end(CLOSE.silent, `Nothing was heard for ${silentMs} ms.`);
    }
  }

  /** Tells the client what keeps the server from accepting work, `null` once nothing does (P17). */
  tellProblem(problem: string | null): void {
    if (this.#state !== "open") return;
    this.#connection.send(JSON.stringify({ jsonrpc: "2.0", method: "problem", params: { message: problem } }));
  }

  /** Tells the client that the server goes down, and when to come back. */
  drain(retryAfterMs: number): void {
    if (this.#state === "open") {
      this.#connection.send(JSON.stringify({ jsonrpc: "2.0", method: "draining", params: { retryAfterMs } }));
    }
    this.end(CLOSE.draining, "The server goes down; reconnect and resume.");
  }

  end(code: number, reason: string): void {
    if (this.#state === "ended") return;
    this.closed();
    this.#close(code, reason);
  }

  /** The socket is gone. */
  closed(): void {
    this.#state = "ended";
    this.#inbox = [];
    this.#inboxBytes = 0;
    this.#connection.end();
  }

  /** It may have ended while something was waited for. */
  #hasEnded(): boolean {
    return this.#state === "ended";
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      // Who does not read answers gets no more of them: its requests wait, its memory is bounded.
      while (this.#underWay < UNDER_WAY && !this.#connection.lagging) {
        const next = this.#inbox.shift();
        if (next === undefined) return;
        this.#inboxBytes -= next.bytes;
        const handled = this.#begin(next.message);
        // Before the hello is answered nothing else may run; after it, requests run side by side.
        if (this.#state === "greeting") await handled;
      }
    } finally {
      this.#working = false;
    }
  }

  async #begin(value: unknown): Promise<void> {
    this.#underWay++;
    try {
      await this.#take(value);
    } finally {
      this.#underWay--;
      void this.#work();
    }
  }

  async #take(value: unknown): Promise<void> {
    let message;
    try {
      message = readAsked(value);
    } catch (error) {
      this.#refuseMalformed(asSkeinError(error, this.#context.report), idOf(value));
      return;
    }
    this.#malformed = 0;
    if (isRequest(message)) {
      await this.#answer(message);
    } else if (this.#state === "greeting") {
      this.end(CLOSE.protocol, "The first message is hello.");
    } else {
      // A notification, of which version 1 has none for a server (P3, P5), or an answer, though nothing was asked.
      this.#spendMessage();
      if (this.#closing !== null) this.end(this.#closing.code, this.#closing.reason);
    }
  }

  async #answer(request: RpcRequest): Promise<void> {
    try {
      this.#spend(request.method);
      const result = await this.#run(request);
      if (result !== undefined) this.#connection.send(resultMessage(request.id, result));
    } catch (error) {
      this.#fail(request.id, asSkeinError(error, this.#context.report));
      if (this.#closing !== null) this.end(this.#closing.code, this.#closing.reason);
    }
  }

  /** The result, or `undefined` when it was sent already. */
  async #run(request: RpcRequest): Promise<unknown> {
    const { method, params } = request;
    if (this.#state === "greeting") return this.#greet(method, params);
    const principal = this.#principal;
    if (principal === null) throw new SkeinError("unauthorized", "Say hello first.");
    switch (method) {
      case "hello":
        throw new SkeinError("invalid", "hello was said already on this connection.");
      case "subscribe": {
        const { topic, ...options } = check(METHODS.subscribe.params, params);
        return this.#subscribing.run(topic, async () => {
          await requireRead(this.#context.domain, principal, topic);
          // Not waited for: what differs comes as a commit.
          if (topic === "server") this.#context.domain.lookForAgents().catch(this.#context.report);
          await this.#connection.subscribe(topic, options, (head) => {
            this.#connection.send(resultMessage(request.id, head));
          });
        });
      }
      case "unsubscribe": {
        const { topic } = check(METHODS.unsubscribe.params, params);
        return this.#subscribing.run(topic, async () => {
          this.#connection.unsubscribe(topic);
          return {};
        });
      }
      default:
        return dispatch(this.#context.domain, principal, method, params);
    }
  }

  async #greet(method: string, params: unknown): Promise<unknown> {
    if (method !== "hello") {
      this.#closing = { code: CLOSE.protocol, reason: "The first message is hello." };
      throw Object.hasOwn(METHODS, method)
        ? new SkeinError("unauthorized", "The first message is hello.", { retry: "reconnect" })
        : unknownMethod(method);
    }
    const hello = check(SESSION_METHODS.hello.params, params);
    if (hello.protocol !== PROTOCOL_VERSION) {
      this.#closing = { code: CLOSE.protocol, reason: `This server speaks protocol ${PROTOCOL_VERSION}.` };
      throw new SkeinError(
        "unsupported",
        `This server speaks protocol ${PROTOCOL_VERSION}, not ${hello.protocol}; update the older of the two.`,
        { path: "params.protocol", detail: { supported: [PROTOCOL_VERSION] } },
      );
    }
    if (hello.token !== undefined) this.#principal = await this.#context.authenticate(hello.token);
    const principal = this.#principal;
    // It is looked up once more now that it stands here: from now on, who takes it back finds and ends this connection (G6).
    if (principal === null || !(await this.#context.isValid(principal))) {
      this.#closing = { code: CLOSE.unauthorized, reason: "No valid token." };
      throw new SkeinError(
        "unauthorized",
        hello.token === undefined
          ? "A token is needed: it stands in the file `token` of the server's data directory."
          : "The token is not known to this server. The valid one stands in the file `token` of its data directory.",
        { path: "params.token" },
      );
    }
    if (this.#hasEnded()) return undefined;
    if (hello.resume !== undefined) this.#context.supersede(hello.resume, principal);
    this.#state = "open";
    this.#opened();
    const { domain, limits, server } = this.#context;
    return {
      connection: this.id,
      user: { id: principal.user, name: principal.name, board: domain.boardOf(principal) },
      server,
      limits,
      now: this.#context.clock.now(),
      problem: this.#context.problem(),
    };
  }

  /** Counts a request against its allowances. */
  #spend(method: string): void {
    const { clock, limits } = this.#context;
    let waitMs = this.#spendMessage();
    if (!Object.hasOwn(SESSION_METHODS, method)) {
      const { requestsPerSecond: perSecond, requestBurst: burst } = limits;
      const requests = take(this.#requests, { perSecond, burst }, clock.elapsed());
      this.#requests = requests.bucket;
      waitMs = Math.max(waitMs, requests.waitMs);
      this.#endIfFarBeyond(requests.bucket);
    }
    if (waitMs === 0) return;
    throw new SkeinError(
      "rate_limited",
      `More than ${limits.requestsPerSecond} requests a second; wait ${waitMs} ms.`,
      { retryAfterMs: waitMs },
    );
  }

  /** Counts a message of any kind. Returns how long its sender should have waited with it. */
  #spendMessage(): number {
    const { clock, limits } = this.#context;
    const perSecond = limits.requestsPerSecond * MESSAGES_PER_REQUEST;
    const burst = limits.requestBurst * MESSAGES_PER_REQUEST;
    const { bucket, waitMs } = take(this.#messages, { perSecond, burst }, clock.elapsed());
    this.#messages = bucket;
    this.#endIfFarBeyond(bucket);
    return waitMs;
  }

  #endIfFarBeyond(bucket: Bucket): void {
    if (bucket.tokens >= -this.#context.limits.requestBurst * MESSAGES_PER_REQUEST) return;
    this.#closing = { code: CLOSE.tooFast, reason: "Far too many messages." };
  }

  #refuseMalformed(error: SkeinError, id: string | number | null = null): void {
    this.#fail(id, error);
    if (++this.#malformed >= MALFORMED_IN_A_ROW) {
      this.end(CLOSE.protocol, `${MALFORMED_IN_A_ROW} malformed messages in a row.`);
    }
  }

  #fail(id: string | number | null, error: SkeinError): void {
    this.#connection.send(errorMessage(id, error));
  }
}
