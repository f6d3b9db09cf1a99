import { CLOSE, SkeinError } from "../protocol/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../protocol/limits.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { check } from "../protocol/rpc.ts";
import { NOTIFICATIONS } from "../protocol/session.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import type { Announcer } from "./announcer.ts";
import type { Ask } from "./ask.ts";
import type { Clock, Timer } from "./clock.ts";
import { beat, heard, newHeartbeat, type Heartbeat } from "./heartbeat.ts";
import { Link } from "./link.ts";
import { decide, dueAt, type Action, type ConnectionEvent } from "./machine.ts";
import type { ConnectionStatus } from "./status.ts";
import type { OpenTransport } from "./transport.ts";
import type { WakeSource } from "./wake.ts";

/**
 * The server's greeting (P10): the connection's name, who we are there (`user.board` is one's own board), its version, and the
 * limits in force (P90).
 */
export type HelloResult = Result<"hello">;

export type ConnectionOptions = {
  open: OpenTransport;
  clock: Clock;
  random: () => number;
  announcer: Announcer;
  /** Who this client says it is. */
  client: CheckedParams<"hello">["client"];
  token: string | undefined;
  wakeSources: readonly WakeSource[];
  /** Everything that is wanted of a new connection, with positions: it is sent whole, in one frame with `hello`. */
  opening(): readonly Ask[];
  /** Any notification but those of the connection itself. @throws SkeinError when it is malformed: that ends the connection. */
  onNotification(method: string, params: unknown): void;
  /** The server has told of a problem, or of its end. */
  onProblem(problem: string | null): void;
  /** The status changed. Called at once, in the midst of things: listeners of the app are told by the announcer. */
  onStatus(status: ConnectionStatus): void;
};

/** The shell around the state machine: it holds the transport and the timers, and decides nothing itself. */
export class Connection {
  readonly #options: ConnectionOptions;
  #status: ConnectionStatus;
  #hello: HelloResult | null = null;
  #problem: string | null = null;
  #link: Link | null = null;
  #heart: Heartbeat;
  #timer: Timer | undefined;
  #wakeStops: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#status = { state: "idle", since: now };
    this.#heart = newHeartbeat(now);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** The newest answer to `hello`; kept while the connection is away. */
  get hello(): HelloResult | null {
    return this.#hello;
  }

  /** What keeps the server from accepting work, as far as it has told. */
  get problem(): string | null {
    return this.#problem;
  }

  get limits(): Limits {
    return this.#hello?.limits ?? DEFAULT_LIMITS;
  }

  /** Gives an event to the state machine and does what it says. */
  happen(event: ConnectionEvent): void {
    this.#options.announcer.during(() => {
      const moment = { now: this.#options.clock.now(), random: this.#options.random() };
      const { status, actions } = decide(this.#status, event, moment);
      const before = this.#status;
      if (status !== before) this.#enter(status);
      for (const action of actions) this.#act(action);
      if (status !== before) this.#options.onStatus(status);
    });
  }

  /** Sends requests. Only in the state `live`. */
  send(asks: readonly Ask[]): void {
    this.#link?.send(asks, this.limits.frameBytes);
  }

  #enter(status: ConnectionStatus): void {
    const ran = isTrying(this.#status);
    this.#status = status;
    if (isTrying(status) && !ran) {
      this.#wakeStops = this.#options.wakeSources.map((source) => source((type) => this.happen({ type })));
    } else if (!isTrying(status)) {
      for (const stop of this.#wakeStops) stop();
      this.#wakeStops = [];
    }
    this.#timer?.cancel();
    this.#timer = undefined;
    const due = dueAt(status);
    if (due !== null) this.#at(due, () => this.happen({ type: "due" }));
  }

  #act(action: Action): void {
    switch (action.do) {
      case "open":
        this.#open();
        return;
      case "greet":
        this.#greet();
        return;
      case "check":
        this.#beat(true);
        return;
      case "hang up":
        this.#hangUp(action.code, action.reason);
        return;
      default:
        action satisfies never;
    }
  }

  /** What the link still owes is settled while the new state stands: whoever asks again finds that. */
  #hangUp(code: number, reason: string): void {
    const link = this.#link;
    this.#link = null;
    link?.end(code, reason);
  }

  #open(): void {
    this.#link = new Link(this.#options.open, {
      during: (work) => this.#options.announcer.during(work),
      opened: () => this.happen({ type: "opened" }),
      sent: () => {
        this.#heart.sentAt = this.#options.clock.now();
      },
      heard: () => {
        this.#heart = heard(this.#heart, this.#options.clock.now());
      },
      notification: (method, params) => this.#notified(method, params),
      closed: (code, reason) => this.happen({ type: "closed", code, reason }),
      broken: (error) => this.happen({ type: "broken", error, code: CLOSE.protocol }),
    });
  }

  #greet(): void {
    const { client, token } = this.#options;
    const params: CheckedParams<"hello"> = { protocol: PROTOCOL_VERSION, client };
    if (token !== undefined) params.token = token;
    if (this.#hello) params.resume = this.#hello.connection;
    const hello: Ask = {
      method: "hello",
      params,
      settle: (outcome) => {
        if (outcome.type === "error") this.happen({ type: "refused", error: outcome.error });
        if (outcome.type !== "result") return;
        this.#hello = outcome.result as HelloResult;
        this.#problem = this.#hello.problem ?? null;
        this.happen({ type: "greeted", connection: this.#hello.connection });
        this.#heart = newHeartbeat(this.#options.clock.now());
        this.#beat(false);
      },
    };
    this.send([hello, ...this.#options.opening()]);
  }

  #notified(method: string, params: unknown): void {
    if (method === "problem") {
      this.#problem = check(NOTIFICATIONS.problem, params).message;
      this.#options.onProblem(this.#problem);
    } else if (method === "draining") {
      const { retryAfterMs } = check(NOTIFICATIONS.draining, params);
      this.happen({ type: "draining", retryAfterMs });
    } else {
      this.#options.onNotification(method, params);
    }
  }

  #beat(now: boolean): void {
    const { action, heart, at } = beat(this.#heart, this.#options.clock.now(), this.limits, now);
    this.#heart = heart;
    if (action === "end") {
      const message = "The server sent nothing and answered no ping.";
      const error = new SkeinError("busy", message, { retry: "reconnect" });
      this.happen({ type: "broken", error, code: CLOSE.silent });
      return;
    }
    this.#timer?.cancel();
    this.#at(at, () => this.#beat(false));
    if (action === "none") return;
    const settle: Ask["settle"] = ({ type }) => {
      if (type !== "lost") this.#beat(false);
    };
    this.send([{ method: "ping", params: {}, settle }]);
  }

  #at(time: number, run: () => void): void {
    this.#timer = this.#options.clock.setTimeout(run, Math.max(0, time - this.#options.clock.now()));
  }
}

const isTrying = ({ state }: ConnectionStatus): boolean => state !== "idle" && state !== "stopped";
