/**
 * Plays a recorded conversation as an agent: an ACP agent on its stdio that says, in the recorded order and without
 * delays, what the agent of the trace said.
 *
 *     bun test/support/trace-agent.ts <trace.ndjson>
 *
 * A trace has one `{t, dir: "c2a" | "a2c" | "note", msg}` a line. How it is played:
 * - There is one place in the trace, which only moves on. The k-th request of a method that the client sends stands
 *   for the k-th one recorded: all that the agent said from the place on is sent, up to the recorded answer, then that,
 *   then what still came before the client's next request or notification. So nothing is said twice, prompts that ran
 *   at the same time or were queued are played one after the other, each with what was interleaved with it, and one
 *   whose answer already lies behind is only answered. Answers to requests the client did not make are left out.
 * - Cancelled prompts are played to their recorded end; the client's `session/cancel` changes nothing.
 * - Ids are the players' own; all recorded session ids become the one of the trace's first conversation. Paths under
 *   the recorded working directory in what the agent asks for (`fs/*`, `terminal/*`) become paths under the client's.
 * - Where the client of the trace had answered a request of the agent, its answer is waited for, whatever it is; a new
 *   request of the client ends the waiting.
 * - A trace that begins with `session/load` can also be begun with `session/new` (then nothing is replayed), and the
 *   other way round. `session/resume` is not offered where it was not recorded.
 * - A prompt beyond the last recorded one is answered with an error. `session/close`, `session/set_mode` and
 *   `session/set_config_option` are answered `{}` when they were not recorded.
 *
 * `updatesPlayed` tells what it sends for a given number of prompts: what a test compares with.
 */
import { readFileSync } from "node:fs";
import { readMessages, writeOut, type Message } from "./ndjson-stdio.ts";

type Entry = { dir: "c2a" | "a2c"; msg: Message };

/** What is sent next: a message, or a pause until the client has answered a request sent before. */
type Sent = { send: Message } | { awaitAnswerTo: number };

const BEGINNINGS = ["session/new", "session/load", "session/resume"];

/** The command line that plays a trace. */
export function traceAgent(path: string): { command: string; args: string[] } {
  return { command: process.execPath, args: [import.meta.path, path] };
}

/** Plays a trace step by step, without I/O. */
export class TracePlayer {
  readonly #entries: Entry[];
  readonly #session: string;
  readonly #recordedCwd: string;
  #cwd: string;
  #place = 0;
  readonly #taken = new Map<string, number>();
  /** Our ids of the agent's requests, by the recorded ones that are not answered yet. */
  readonly #asked = new Map<unknown, number>();
  #nextId = 0;

  constructor(text: string) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    this.#entries = lines.map((line) => JSON.parse(line) as Entry).filter(({ dir }) => dir === "c2a" || dir === "a2c");
    const beginning = this.#entries.find(({ dir, msg }) => dir === "c2a" && BEGINNINGS.includes(msg.method ?? ""));
    if (!beginning) throw new Error("The trace has no session.");
    const given = beginning.msg["params"] as { cwd: string; sessionId?: string };
    this.#recordedCwd = given.cwd;
    this.#cwd = given.cwd;
    const answer = this.#answerOf(beginning.msg)?.["result"] as { sessionId: string } | undefined;
    this.#session = given.sessionId ?? answer?.sessionId ?? "trace";
  }

  /** How many prompts the trace has. */
  get prompts(): number {
    return this.#requests("session/prompt").length;
  }

  /** What to do at a request of the client. */
  *play(method: string, id: Message["id"], params: Record<string, unknown>): Generator<Sent> {
    if (BEGINNINGS.includes(method) && typeof params["cwd"] === "string") this.#cwd = params["cwd"];
    const count = this.#taken.get(method) ?? 0;
    this.#taken.set(method, count + 1);
    const at = this.#requests(method)[count];
    if (at === undefined) {
      yield { send: { id, ...this.#unrecorded(method) } };
      return;
    }
    const request = this.#entries[at]?.msg ?? {};
    const answer = this.#answerOf(request);
    const end = answer ? this.#entries.findIndex(({ msg }) => msg === answer) : this.#place;
    while (this.#place < end) yield* this.#step();
    yield { send: { id, ...this.#answer(method, answer) } };
    if (this.#place > end) return;
    this.#place = end + 1;
    for (let next = this.#entries[this.#place]; next; next = this.#entries[this.#place]) {
      if (next.dir === "c2a" && next.msg.method !== undefined) break;
      yield* this.#step();
    }
  }

  *#step(): Generator<Sent> {
    const entry = this.#entries[this.#place++];
    if (!entry) return;
    const { dir, msg } = entry;
    if (dir === "a2c" && msg.method !== undefined) yield { send: this.#rewrite(msg) };
    else if (dir === "c2a" && msg.method === undefined) {
      const ours = this.#asked.get(msg.id);
      if (ours !== undefined) yield { awaitAnswerTo: ours };
    }
  }

  #rewrite(msg: Message): Message {
    const params = { ...(msg["params"] as Record<string, unknown>) };
    if ("sessionId" in params) params["sessionId"] = this.#session;
    if (msg.id === undefined) return { ...msg, params };
    const id = this.#nextId++;
    this.#asked.set(msg.id, id);
    if (/^(fs|terminal)\//.test(msg.method ?? "")) {
      for (const [name, value] of Object.entries(params)) {
        if (typeof value === "string" && (name === "path" || name === "cwd")) {
          params[name] = value.replace(this.#recordedCwd, this.#cwd);
        }
      }
    }
    return { ...msg, id, params };
  }

  #answer(method: string, answer: Message | undefined): Message {
    if (!answer) return { error: { code: -32603, message: `The trace has no answer to ${method}.` } };
    if (answer["error"]) return { error: answer["error"] };
    const result = structuredClone(answer["result"]) as Record<string, unknown>;
    if (method === "session/new") result["sessionId"] = this.#session;
    if (method === "initialize" && this.#requests("session/resume").length === 0) {
      delete (result as { agentCapabilities?: { sessionCapabilities?: { resume?: unknown } } }).agentCapabilities
        ?.sessionCapabilities?.resume;
    }
    return { result };
  }

  #unrecorded(method: string): Message {
    if (method === "session/prompt") return { error: { code: -32603, message: "The trace has no more prompts." } };
    if (!BEGINNINGS.includes(method)) return { result: {} };
    const at = BEGINNINGS.flatMap((each) => this.#requests(each))[0] ?? 0;
    const answer = this.#answerOf(this.#entries[at]?.msg ?? {});
    this.#place = Math.max(this.#place, this.#entries.findIndex(({ msg }) => msg === answer) + 1);
    return {
      result: { ...(answer?.["result"] as object), ...(method === "session/new" ? { sessionId: this.#session } : {}) },
    };
  }

  #requests(method: string): number[] {
    return this.#entries.flatMap(({ dir, msg }, at) =>
      dir === "c2a" && msg.method === method && msg.id !== undefined ? [at] : [],
    );
  }

  #answerOf(request: Message): Message | undefined {
    return this.#entries.find(({ dir, msg }) => dir === "a2c" && msg.method === undefined && msg.id === request.id)
      ?.msg;
  }
}

/** The updates the player sends to a client that opens a new conversation and sends so many prompts, in order. */
export function updatesPlayed(text: string, prompts: number): Record<string, unknown>[] {
  const player = new TracePlayer(text);
  const requests = ["initialize", "session/new", ...Array.from({ length: prompts }, () => "session/prompt")];
  return requests
    .flatMap((method) => [...player.play(method, 0, {})])
    .flatMap((sent) => ("send" in sent && sent.send.method === "session/update" ? [sent.send] : []))
    .map((message) => (message["params"] as { update: Record<string, unknown> }).update);
}

const send = (message: Message): void => writeOut(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

async function run(path: string): Promise<void> {
  const player = new TracePlayer(readFileSync(path, "utf8"));
  const unanswered = new Map<number, ReturnType<typeof Promise.withResolvers<void>>>();
  let playing = Promise.resolve();
  for await (const { id, method, params } of readMessages()) {
    if (method === undefined) {
      unanswered.get(id as number)?.resolve();
      unanswered.delete(id as number);
      continue;
    }
    if (id === undefined) continue;
    for (const waiting of unanswered.values()) waiting.resolve();
    unanswered.clear();
    playing = playing.then(async () => {
      for (const sent of player.play(method, id, (params ?? {}) as Record<string, unknown>)) {
        if ("awaitAnswerTo" in sent) await unanswered.get(sent.awaitAnswerTo)?.promise;
        else {
          if (sent.send.method !== undefined && typeof sent.send.id === "number") {
            unanswered.set(sent.send.id, Promise.withResolvers());
          }
          send(sent.send);
        }
      }
    });
  }
  await playing;
}

if (import.meta.main) await run(process.argv[2] ?? "");
