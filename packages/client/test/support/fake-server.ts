import {
  CLOSE,
  DEFAULT_LIMITS,
  isPinned,
  METHODS,
  positionOf,
  SkeinError,
  type Change,
  type Commit,
  type Limits,
  type Method,
  type Position,
  type Topic,
} from "../../src/protocol/index.ts";
import { applyChange, coalesce } from "../../src/replica/index.ts";
import type { Accepted, ServerEnd } from "./network.ts";

type Value = Record<string, unknown>;
type State = ReadonlyMap<string, { kind: string; id: string; value: Value }>;
type Log = { commits: Commit[]; states: State[]; lastPos: number };
type Cursor = { window: number; seq: number | null };
type Session = { end: ServerEnd; connection: string; open: boolean; cursors: Map<Topic, Cursor>; lagging: boolean };
type Request = { id: number; method: Method; params: Record<string, unknown> };
type Answer = { topic: Topic; seq: number } & Record<string, unknown>;
type Handler = (params: Record<string, unknown>) => Answer;

const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

/**
 * A server in memory with the semantics of the real one: logs of commits per topic, cursors of connections, catch-up
 * by tail, merge or snapshot as chance has it, commands with stored answers. Not a mock: what it answers follows from
 * what was committed.
 */
export class FakeServer {
  epoch = "e1";
  /** Where each topic was when an earlier epoch ended; lower where commits were taken back since. */
  readonly #ends = new Map<string, Map<Topic, number>>();
  readonly limits: { -readonly [Name in keyof Limits]: number } = { ...DEFAULT_LIMITS };
  readonly logs = new Map<Topic, Log>();
  /** Stored answers of commands, by key. */
  answers = new Map<string, Answer>();
  readonly sessions = new Set<Session>();
  /** Every request that came in, in order. */
  readonly requests: Request[] = [];
  readonly hellos: Record<string, unknown>[] = [];
  /** Answers a method in place of the server: returns `undefined` to let it be. Throws what it refuses. */
  intercept: (request: Request) => unknown = () => undefined;
  /** A token the server wants, if any. */
  token: string | undefined;
  /** Whom it takes those who come for. */
  user = "local";
  readonly #random: () => number;
  #connections = 0;

  constructor(random: () => number = () => 0) {
    this.#random = random;
  }

  readonly accept = (end: ServerEnd): Accepted => {
    const session: Session = { end, connection: "", open: false, cursors: new Map(), lagging: false };
    this.sessions.add(session);
    return {
      receive: (frame) => this.#receive(session, frame),
      ended: () => void this.sessions.delete(session),
    };
  };

  /** Makes changes durable, then sends them. */
  commit(topic: Topic, changes: Change[]): Commit {
    const log = this.log(topic);
    const state = new Map(log.states.at(-1));
    for (const change of changes) {
      const key = keyOf(change.kind, change.id);
      const value = applyChange(state.get(key)?.value, change);
      if (value === undefined) state.delete(key);
      else state.set(key, { kind: change.kind, id: change.id, value });
    }
    const after = log.commits.length;
    const commit: Commit = { topic, epoch: this.epoch, after, seq: after + 1, ts: 0, changes };
    log.commits.push(commit);
    log.states.push(state);
    for (const session of this.sessions) this.pump(session);
    return commit;
  }

  log(topic: Topic): Log {
    let log = this.logs.get(topic);
    if (log === undefined) this.logs.set(topic, (log = { commits: [], states: [new Map()], lastPos: -1 }));
    return log;
  }

  state(topic: Topic, seq?: number): State {
    const { states } = this.log(topic);
    return states[seq ?? states.length - 1] ?? new Map();
  }

  /** The next place in a topic's timeline. */
  nextPos(topic: Topic): number {
    return ++this.log(topic).lastPos;
  }

  /** Whether a topic was once where a position says. */
  holds(topic: Topic, { epoch, seq }: Position): boolean {
    const end = epoch === this.epoch ? this.logs.get(topic)?.commits.length : this.#ends.get(epoch)?.get(topic);
    return end !== undefined && seq <= end;
  }

  /** Ends every connection, and goes on in another epoch. With `lose`, as many commits of each topic are taken back. */
  restart(options: { lose?: number; code?: number } = {}): void {
    if (options.lose !== undefined) {
      for (const log of this.logs.values()) {
        const keep = Math.max(0, log.commits.length - options.lose);
        log.commits.length = keep;
        log.states.length = keep + 1;
      }
      // Answers are durable together with their effects, and lost with them.
      for (const [key, { topic, seq }] of this.answers) {
        if (seq > this.log(topic).commits.length) this.answers.delete(key);
      }
    }
    this.#ends.set(this.epoch, new Map());
    for (const ends of this.#ends.values()) {
      for (const [topic, { commits }] of this.logs) {
        ends.set(topic, Math.min(ends.get(topic) ?? commits.length, commits.length));
      }
    }
    this.epoch = `e${this.#ends.size + 1}`;
    for (const session of this.sessions) session.end.close(options.code ?? 1006, "");
    this.sessions.clear();
  }

  /** Sends everyone a notification. */
  notify(method: string, params: unknown): void {
    for (const { end } of this.sessions) end.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** Sends a session what its cursors lack, in frames as chance has it. */
  pump(session: Session): void {
    if (!session.open || session.lagging) return;
    for (const [topic, cursor] of session.cursors) {
      const commits = this.#since(topic, cursor);
      cursor.seq = this.log(topic).commits.length;
      const messages = commits.map((params) => JSON.stringify({ jsonrpc: "2.0", method: "commit", params }));
      if (this.#random() < 0.5) for (const message of messages) session.end.send(message);
      else if (messages.length > 0) session.end.send(`[${messages.join(",")}]`);
    }
  }

  /** What `POST /v1/rpc` does. */
  rpc(body: string): string {
    const request = JSON.parse(body) as Request;
    this.requests.push(request);
    return JSON.stringify(this.#answer(request, () => this.#run(request)));
  }

  #receive(session: Session, frame: string): void {
    if (frame.length > this.limits.frameBytes) {
      session.end.close(CLOSE.tooLarge, "");
      return;
    }
    const message = JSON.parse(frame) as Request | Request[];
    for (const request of Array.isArray(message) ? message : [message]) {
      this.requests.push(request);
      METHODS[request.method].params.parse(request.params);
      const answer = this.#answer(request, () => this.#ask(session, request));
      session.end.send(JSON.stringify(answer));
      this.pump(session);
      if (!session.open) {
        session.end.close(CLOSE.unauthorized, "");
        return;
      }
    }
  }

  #answer({ id }: Request, run: () => unknown): unknown {
    try {
      return { jsonrpc: "2.0", id, result: run() };
    } catch (error) {
      if (error instanceof SkeinError) return { jsonrpc: "2.0", id, error: error.toRpc() };
      throw error;
    }
  }

  #ask(session: Session, request: Request): unknown {
    const { method, params } = request;
    if (method === "hello") this.hellos.push(params);
    const instead = this.intercept(request);
    if (instead !== undefined) {
      session.open = true;
      return instead;
    }
    switch (method) {
      case "hello":
        if (this.token !== params["token"]) throw new SkeinError("unauthorized", "Who are you?");
        session.open = true;
        session.connection = `c${++this.#connections}`;
        for (const other of this.sessions) {
          if (other === session || other.connection !== params["resume"]) continue;
          this.sessions.delete(other);
          other.end.close(CLOSE.superseded, "");
        }
        return {
          connection: session.connection,
          user: { id: this.user, name: "Local", board: "personal" },
          server: { name: "fake", version: "0", epoch: this.epoch },
          limits: this.limits,
        };
      case "subscribe": {
        const topic = params["topic"] as Topic;
        const log = this.logs.get(topic);
        if (log === undefined) throw new SkeinError("not_found", `There is no topic ${topic}.`);
        const after = params["after"] as Position | undefined;
        const fits = after !== undefined && this.holds(topic, after);
        const moved = fits && after.epoch !== this.epoch;
        const window = (params["window"] as number | undefined) ?? this.limits.window;
        session.cursors.set(topic, { window, seq: fits ? after.seq : null });
        return { epoch: this.epoch, head: log.commits.length, ...(moved ? { moved } : {}) };
      }
      case "unsubscribe":
        session.cursors.delete(params["topic"] as Topic);
        return {};
      case "ping":
        return {};
      case "history": {
        const topic = params["topic"] as Topic;
        const before = params["before"] as number;
        const older = this.#items(topic).filter((each) => each.pos < before);
        const page = newest(older, this.limits.historyPage, this.limits.historyPageBytes);
        const rest = older.length > page.length ? (page[0]?.pos ?? null) : null;
        const items = page.map(({ kind, id, value }) => ({ kind, id, value }));
        return { epoch: this.epoch, seq: this.log(topic).commits.length, items, before: rest };
      }
      default:
        return this.#run(request);
    }
  }

  #run(request: Request): unknown {
    const { method, params } = request;
    const handler = (COMMANDS as Record<string, (server: FakeServer) => Handler>)[method];
    const instead = this.intercept(request);
    if (instead !== undefined) return instead;
    if (method === "echo") return { value: params["value"] };
    if (handler === undefined) throw new SkeinError("unsupported", `There is no method ${method}.`);
    const key = params["key"] as string;
    if (!this.answers.has(key)) this.answers.set(key, handler(this)(params));
    return this.answers.get(key);
  }

  #items(topic: Topic) {
    return [...this.state(topic).values()]
      .flatMap(({ kind, id, value }) => {
        const pos = positionOf(value);
        return pos === null ? [] : [{ kind, id, value, pos }];
      })
      .sort((a, b) => a.pos - b.pos);
  }

  #since(topic: Topic, { seq, window }: Cursor): Commit[] {
    const { commits } = this.log(topic);
    const head = commits.length;
    if (seq === null) return [this.#snapshot(topic, window)];
    if (seq === head) return [];
    const chance = this.#random();
    if (chance < 0.5) return commits.slice(seq).map((commit) => ({ ...commit, epoch: this.epoch }));
    if (chance < 0.9 || head - seq === 1) return [this.#merged(topic, seq)];
    return [this.#snapshot(topic, window)];
  }

  #merged(topic: Topic, seq: number): Commit {
    const { commits } = this.log(topic);
    const missed = commits.slice(seq).flatMap(({ changes }) => changes);
    const common = { topic, epoch: this.epoch, after: seq, seq: commits.length, ts: 0 };
    if (this.#random() < 0.5) return { ...common, changes: coalesce(missed) };
    const state = this.state(topic);
    const touched = new Map(missed.map(({ kind, id }) => [keyOf(kind, id), { kind, id }]));
    const changes = [...touched].map(([key, { kind, id }]): Change => {
      const now = state.get(key);
      return now ? { op: "put", kind, id, value: now.value } : { op: "drop", kind, id };
    });
    return { ...common, changes };
  }

  #snapshot(topic: Topic, window: number): Commit {
    const items = this.#items(topic);
    const shown = newest(items, window, this.limits.windowBytes);
    const floor = items.length > shown.length ? (shown[0]?.pos ?? 0) : 0;
    const changes = [...this.state(topic).values()]
      .filter(({ value }) => isPinned(value) || (positionOf(value) ?? 0) >= floor)
      .map(({ kind, id, value }): Change => ({ op: "put", kind, id, value }));
    return { topic, epoch: this.epoch, after: null, seq: this.log(topic).commits.length, ts: 0, floor, changes };
  }
}

/** The newest items within both bounds, at least one. */
function newest<Each extends { value: Value }>(items: readonly Each[], count: number, bytes: number): Each[] {
  let left = bytes;
  const beyond = items.findLastIndex((item, index) => {
    left -= JSON.stringify(item.value).length;
    return index < items.length - count || (left < 0 && index < items.length - 1);
  });
  return items.slice(beyond + 1);
}

const COMMANDS: Record<string, (server: FakeServer) => Handler> = {
  "thread.create": (server) => () => {
    const thread = `t${server.logs.size}`;
    const topic: Topic = `thread:${thread}`;
    const { seq } = server.commit(topic, [{ op: "put", kind: "thread", id: thread, value: { title: "" } }]);
    return { topic, seq, thread };
  },
  "thread.prompt": (server) => (params) => {
    const topic: Topic = `thread:${params["thread"] as string}`;
    const pos = server.nextPos(topic);
    const turn = `u${pos}`;
    const value = { pos, key: params["key"], by: "local", status: "done", text: params["text"] };
    const { seq } = server.commit(topic, [{ op: "put", kind: "turn", id: turn, value }]);
    return { topic, seq, turn };
  },
  "thread.rename": (server) => (params) => {
    const topic: Topic = `thread:${params["thread"] as string}`;
    const value = { title: params["title"] };
    const { seq } = server.commit(topic, [{ op: "patch", kind: "thread", id: params["thread"] as string, value }]);
    return { topic, seq };
  },
};
