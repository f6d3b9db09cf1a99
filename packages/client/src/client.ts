import type { CallParams, QueryArguments } from "./call-params.ts";
import { isLoopback, serverAddress } from "./connection/address.ts";
import { Announcer, reporter } from "./connection/announcer.ts";
import type { Ask } from "./connection/ask.ts";
import { systemClock, type Clock } from "./connection/clock.ts";
import { Connection, type HelloResult } from "./connection/connection.ts";
import { HttpRequests, type Fetch } from "./connection/http.ts";
import { memoryStorage, type OutboxStorage } from "./connection/outbox-storage.ts";
import { ReplicaKeeper } from "./connection/replica-keeper.ts";
import type { ReplicaStorage } from "./connection/replica-storage.ts";
import { Outbox } from "./connection/outbox.ts";
import { Requests } from "./connection/requests.ts";
import { refusalOf, type ConnectionStatus } from "./connection/status.ts";
import type { WatchOptions } from "./connection/subscription.ts";
import { Topics } from "./connection/topics.ts";
import { untilTurnEnds } from "./connection/turn-end.ts";
import type { OpenTransport } from "./connection/transport.ts";
import { browserSignals, clockJumps, type WakeSource } from "./connection/wake.ts";
import type { Watch } from "./connection/watch.ts";
import { webSocketTransport, type WebSocketConstructor } from "./connection/websocket.ts";
import { CLOSE, SkeinError } from "./protocol/errors.ts";
import { isCommand, isQuery, type CommandName, type QueryName, type Result } from "./protocol/methods.ts";
import type { TurnEntity } from "./protocol/thread.ts";
import { threadTopic, type Topic } from "./protocol/topics.ts";

/** What a client is made of: `url` is all that it must be given. */
export type SkeinClientOptions = {
  /** Where the server is, e.g. `http://127.0.0.1:9099`, with the path it is mounted at, if any. Without credentials. */
  url: string;
  /** What a program is known by. A browser has a cookie instead, and gives none. */
  token?: string;
  /** The WebSocket to use; the global one when absent. On Node 20 there is none: give that of the package `ws`. */
  WebSocket?: WebSocketConstructor;
  /** Where unanswered commands are kept; in memory when absent. See `webStorage` for browsers. */
  storage?: OutboxStorage;
  /**
   * Where replicas are kept for the next client, which begins with them, also without a server; nowhere when absent. See
   * `indexedDbReplicas` for browsers. Emptied when the server refuses this client, and for another user.
   */
  replicas?: ReplicaStorage;
  /** Who this is, for the server's eyes: at most 128 and 64 characters. */
  name?: string;
  /** Of the app or program, likewise: "0" when absent. */
  version?: string;
  /** Told of what a listener threw, and of what the storage refused; `console.error` when absent. */
  onError?: (error: unknown) => void;
  /** Time; the system's when absent. For tests. */
  clock?: Clock;
  /** Gives numbers in [0, 1), for the jitter of retries. */
  random?: () => number;
  /** How commands and queries go where no socket opens; the global `fetch` when absent. */
  fetch?: Fetch;
  /** Another way to the server than a WebSocket. */
  transport?: OpenTransport;
  /** What tells that a connection may have died unnoticed; the browser's signals and jumps of the clock when absent. */
  wakeSources?: readonly WakeSource[];
};

/** After this many connections in a row that did not open, commands and queries go over HTTP. */
const UNOPENED_BEFORE_HTTP = 2;

/**
 * One connection to a Skein server, with a replica of every topic that is watched.
 *
 * It keeps itself up: it notices a dead connection, comes back with jitter, and takes every topic up where it was.
 * Commands wait in the outbox until they are answered and have their effect once, however often they had to be sent.
 * Listeners are told after the work is done, and may call anything.
 *
 * @example
 * ```ts
 * import { SkeinClient, threadTopic } from "@skein/client";
 *
 * const client = new SkeinClient({ url: "http://127.0.0.1:9099", token });
 * client.connect();
 * const { thread } = await client.command("thread.create", { agent: "demo", cwd: "/home/ada/project" });
 * const watch = client.watch(threadTopic(thread));
 * watch.onChange(() => console.log(watch.replica.timeline()));
 * await client.command("thread.prompt", { thread, text: "hello" });
 * ```
 */
export class SkeinClient {
  /** Commands that are not answered yet. */
  readonly outbox: Outbox;
  readonly #connection: Connection;
  readonly #topics: Topics;
  readonly #keeper: ReplicaKeeper | null;
  readonly #requests: Requests;
  readonly #http: HttpRequests;
  readonly #announcer: Announcer;
  readonly #problemListeners = new Set<(problem: string | null) => void>();
  readonly #statusListeners = new Set<(status: ConnectionStatus) => void>();
  /** Tells `onError` of a fault that no caller waits for. Never throws, whatever `onError` does. */
  readonly report: (error: unknown) => void;
  /** The status in which HTTP failed too: it is tried again in the next one. */
  #httpFailedIn: ConnectionStatus | null = null;

  /** @throws SkeinError `invalid` for a bad address, `unsupported` where there is no WebSocket. */
  constructor(options: SkeinClientOptions) {
    const { url, token, clock = systemClock, random = Math.random } = options;
    const report = reporter(options.onError);
    this.report = report;
    const server = serverAddress(url);
    this.#announcer = new Announcer(report);
    this.#http = new HttpRequests({
      url: `${server}/v1`,
      token,
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      refused: (error) => this.#connection.happen({ type: "refused", error }),
    });
    this.#keeper = options.replicas ? new ReplicaKeeper(options.replicas, clock, report) : null;
    this.#requests = new Requests((ask) => this.#send(ask));
    const common = { clock, random, announcer: this.#announcer };
    this.#topics = new Topics({
      ...common,
      window: () => this.#connection.limits.window,
      send: (ask) => this.#sendLive(ask),
      sendWhenLive: (ask) => this.#requests.submit(ask),
      fault: (error) => this.#connection.happen({ type: "broken", error, code: 1000 }),
      refusal: () => refusalOf(this.status),
      moved: () => this.outbox.settle(),
      keeper: this.#keeper,
    });
    this.#connection = new Connection({
      ...common,
      open: options.transport ?? webSocketTransport(`ws${server.slice(4)}/v1/socket`, options.WebSocket),
      client: { name: options.name ?? "@skein/client", version: options.version ?? "0" },
      token,
      wakeSources: options.wakeSources ?? [browserSignals(isLoopback(server)), clockJumps(clock)],
      opening: () => this.#topics.opening(),
      onNotification: (method, params) => this.#topics.notified(method, params),
      onProblem: (problem) => this.#announcer.tell(this.#problemListeners, problem),
      onStatus: (status) => this.#statusChanged(status),
    });
    this.outbox = new Outbox({
      ...common,
      storage: options.storage ?? memoryStorage(),
      send: (ask) => this.#send(ask),
      seen: (topic, seq) => this.#topics.seen(topic, seq),
      report,
    });
  }

  /** How the connection is. The same object until it changes. */
  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** The server's newest greeting: who we are there, its version and limits; `null` before the first. */
  get hello(): HelloResult | null {
    return this.#connection.hello;
  }

  /** Calls the listener after each change of `status`. @returns How to stop it. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    const own = (status: ConnectionStatus): void => listener(status);
    this.#statusListeners.add(own);
    return () => void this.#statusListeners.delete(own);
  }

  /**
   * What keeps the server from accepting work for the time being, in a sentence for people, such as a full disk; `null`
   * when nothing does, as far as the server has told. What is given meanwhile waits in the outbox.
   */
  get problem(): string | null {
    return this.#connection.problem;
  }

  /** Calls the listener when the server tells of a problem or of its end. @returns How to stop it. */
  onProblem(listener: (problem: string | null) => void): () => void {
    const own = (problem: string | null): void => listener(problem);
    this.#problemListeners.add(own);
    return () => void this.#problemListeners.delete(own);
  }

  /** Wants a connection from now on. Harmless when there is one; starts again after `stopped`. */
  connect(): void {
    this.#connection.happen({ type: "connect" });
  }

  /**
   * Wants no connection any more. Watches and outbox stay, and go on after another `connect()`; what waits for an
   * answer rejects. Resolves once `replicas` has what changed last, after a second at most; never rejects.
   */
  close(): Promise<void> {
    this.#announcer.during(() => {
      this.#connection.happen({ type: "close" });
      this.#giveUp(closed());
      this.outbox.close();
      this.#keeper?.flush();
    });
    return this.#keeper?.settled() ?? Promise.resolve();
  }

  /** Keeps at once what has changed of the replicas: to be called when the page may end, as when it is hidden. */
  keepNow(): void {
    this.#keeper?.flush();
  }

  /** Tries at once what would be tried later; checks a connection that is there. */
  retryNow(): void {
    this.#connection.happen({ type: "retry" });
  }

  /** Resolves once the connection is live. @throws SkeinError when the server will not have this client, or at `close()`. */
  ready(): Promise<HelloResult> {
    return new Promise((resolve, reject) => {
      const settles = (status: ConnectionStatus): boolean => {
        const refusal = refusalOf(status);
        if (status.state === "live" && this.hello) resolve(this.hello);
        else if (refusal) reject(refusal);
        return status.state === "live" || refusal !== null;
      };
      if (settles(this.status)) return;
      const stop = this.onStatus((status) => {
        if (status.state === "idle") reject(closed());
        if (status.state === "idle" || settles(status)) stop();
      });
    });
  }

  /**
   * Keeps a replica of a topic until the watch is released. Topics are counted: all who watch one share its replica.
   * Never throws: a topic that is not to be had is `gone`, and `ready()` rejects.
   *
   * @example
   * ```ts
   * const watch = client.watch("board:personal");
   * await watch.ready();
   * for (const [thread, { title, status }] of watch.replica.all("card")) console.log(thread, title, status);
   * watch.release();
   * ```
   */
  watch(topic: Topic, options: WatchOptions = {}): Watch {
    return this.#topics.watch(topic, options);
  }

  /**
   * Sends a command, as often as it takes for it to have its effect once. It stays in the outbox until it is answered,
   * and is sent as nobody but the user who was greeted when it was given, or is next if nobody was.
   *
   * @throws SkeinError that the server answered with and that a repeat would not mend; `forbidden` when another user is
   *   greeted before it is answered; `conflict` with the detail `{ status }` when it was taken out of the outbox
   *   (`discarded`), when another client that shares the storage took it out or had it answered (`elsewhere`), or when it
   *   is older than the limit `answersMs` (`too old`). At `close()` with retry `reconnect`: it is still in the outbox.
   * @example
   * ```ts
   * const { turn } = await client.command("thread.prompt", { thread, text: "hello" });
   * ```
   */
  async command<Name extends CommandName>(name: Name, params: CallParams<Name>): Promise<Result<Name>> {
    if (!isCommand(name)) throw new SkeinError("unsupported", `There is no command ${String(name)}.`);
    return (await this.outbox.add(name, params)) as Result<Name>;
  }

  /**
   * Asks for something that changes nothing. Waits for a connection when there is none.
   *
   * @param args The params, which may be left out where the query needs none; and `signal`: aborted, the answer is not
   *   waited for any more, and a query not yet sent never is.
   * @throws SkeinError that the server answered; `unauthorized` or `forbidden` when it will not have this client.
   *   Whatever the signal gave as its reason.
   * @example
   * ```ts
   * const { threads } = await client.query("threads.list");
   * const { hits } = await client.query("search", { text: "gap" }, { signal: AbortSignal.timeout(5_000) });
   * ```
   */
  async query<Name extends QueryName>(name: Name, ...args: QueryArguments<Name>): Promise<Result<Name>> {
    const [params = {}, { signal } = {}] = args;
    if (!isQuery(name)) throw new SkeinError("unsupported", `There is no query ${String(name)}.`);
    const refusal = refusalOf(this.status);
    if (refusal) throw refusal;
    return this.#requests.ask(name, params, signal);
  }

  /**
   * Waits until a turn has ended, however long that takes and however often the connection is lost meanwhile.
   *
   * @param thread The thread's id.
   * @param turn The turn's id, as `thread.prompt` answers it. One that is yet to come is waited for.
   * @param signal Aborted, the turn is not waited for any more; it goes on.
   * @returns The turn as it ended: look at its `status`.
   * @throws SkeinError `not_found` when there is no such thread, or the turn was taken out of the queue; `invalid` for what
   *   is no turn's id; what the server refuses this client with. Whatever the signal gave as its reason.
   * @example
   * ```ts
   * const { turn } = await client.command("thread.prompt", { thread, text: "hello" });
   * const { status, error } = await client.turn(thread, turn);
   * if (status === "failed") console.error(error?.message);
   * ```
   */
  turn(thread: string, turn: string, signal?: AbortSignal): Promise<TurnEntity> {
    return untilTurnEnds(this.watch(threadTopic(thread)), turn, signal);
  }

  /**
   * Reads a blob: an image or file of a prompt, or what was too large for an entity.
   *
   * @param name The blob's name, as entities have it: the SHA-256 of its bytes in lower-case hex.
   * @throws SkeinError `not_found` when there is none of that name; `busy` when the server cannot be reached.
   * @example
   * ```ts
   * const name = await client.putBlob(new Blob(["hello"]));
   * const text = await (await client.blob(name)).text();
   * ```
   */
  blob(name: string): Promise<Blob> {
    return this.#http.blob(name);
  }

  /**
   * Keeps bytes on the server, for a prompt that names them in its `blocks`. The same bytes have the same name.
   *
   * @param bytes At most the limit `attachmentBytes`.
   * @returns The blob's name.
   * @throws SkeinError `too_large` over that limit; `busy` when the server cannot be reached or has no room.
   * @example
   * ```ts
   * const blob = await client.putBlob(new Blob(["a,b\n1,2\n"]));
   * const blocks = [{ type: "file" as const, blob, mimeType: "text/csv", name: "table.csv" }];
   * await client.command("thread.prompt", { thread, text: "What is in it?", blocks });
   * ```
   */
  putBlob(bytes: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
    return this.#http.putBlob(bytes);
  }

  #statusChanged(status: ConnectionStatus): void {
    this.#announcer.tell(this.#statusListeners, status);
    switch (status.state) {
      case "connecting":
      case "greeting":
        return;
      case "live":
        if (this.hello) this.#greeted(this.hello);
        this.#topics.connected();
        this.#flush();
        return;
      case "waiting":
        this.#topics.disconnected();
        this.#flush();
        return;
      case "idle":
        this.#topics.disconnected();
        return;
      case "stopped":
        this.#topics.disconnected();
        if (status.reason.code === CLOSE.unauthorized || status.reason.code === CLOSE.forbidden)
          this.#keeper?.refused();
        this.#giveUp(refusalOf(status) ?? closed());
        return;
      default:
        status satisfies never;
    }
  }

  /** Before anything is sent or told: nothing of another user's may be. */
  #greeted({ user, limits }: HelloResult): void {
    this.#keeper?.greeted(user.id);
    this.outbox.greeted(user.id, limits.answersMs);
  }

  /** Nobody is to wait for what will not come. */
  #giveUp(reason: SkeinError): void {
    this.#requests.giveUp(reason);
    this.#topics.giveUp(reason);
  }

  #flush(): void {
    this.#requests.flush();
    this.outbox.flush();
  }

  #sendLive(ask: Ask): boolean {
    if (this.status.state !== "live") return false;
    this.#connection.send([ask]);
    return true;
  }

  #send(ask: Ask): boolean {
    return this.#sendLive(ask) || this.#sendOverHttp(ask);
  }

  #sendOverHttp(ask: Ask): boolean {
    const { status } = this;
    if (status.state !== "waiting" || status.unopened < UNOPENED_BEFORE_HTTP) return false;
    if (this.#httpFailedIn === status || !(isCommand(ask.method) || isQuery(ask.method))) return false;
    const settle: Ask["settle"] = (outcome) => {
      this.#announcer.during(() => {
        if (outcome.type === "lost") this.#httpFailedIn = status;
        ask.settle(outcome);
      });
    };
    void this.#http.send({ ...ask, settle }, this.#connection.limits.frameBytes);
    return true;
  }
}

const closed = (): SkeinError => new SkeinError("busy", "The client was closed.", { retry: "reconnect" });
