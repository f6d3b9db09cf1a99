import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DEFAULT_LIMITS,
  threadTopic,
  type AgentOffers,
  type CardEntity,
  type Commit,
  type CommandName,
  type ThreadEntity,
  type Topic,
  type TurnEntity,
} from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import { access } from "../../boards/access.ts";
import { ensurePersonalBoard } from "../../boards/boards.ts";
import { Health } from "../../health.ts";
import { Hub } from "../../hub/hub.ts";
import type { CommandAnswer, Store } from "../../store/contract.ts";
import { Blobs } from "../../store/blobs.ts";
import { SqliteStore } from "../../store/sqlite.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { textOf } from "../text-of.ts";
import { Threads } from "../threads.ts";
import { ScriptedDriver } from "./scripted-driver.ts";

/** Threads on a real store and hub, with an agent that the test plays and a clock that the test moves. */
export class Workbench {
  readonly directory: string;
  readonly clock = new TestClock();
  readonly driver = new ScriptedDriver();
  readonly reported: unknown[] = [];
  readonly health = new Health();
  /** What agents offered in conversations begun with them. */
  readonly offered: { agent: string; offers: AgentOffers }[] = [];
  store!: Store;
  hub!: Hub;
  blobs!: Blobs;
  threads!: Threads;
  #ids = 0;
  #keys = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<Workbench> {
    const bench = new Workbench(await mkdtemp(join(tmpdir(), "skein-threads-")));
    await bench.start();
    return bench;
  }

  /** Starts the server's parts on what is in the directory. `wrap` stands between them and the store. */
  async start(wrap: (store: Store) => Store = (store) => store, most = 1000): Promise<void> {
    const { clock, driver, directory } = this;
    this.store = wrap(
      await SqliteStore.open({ file: join(directory, "skein.sqlite"), now: () => clock.now(), textOf }),
    );
    this.blobs = new Blobs(join(directory, "blobs"));
    this.hub = new Hub({
      store: this.store,
      clock,
      limits: DEFAULT_LIMITS,
      load: () => 0,
      report: (error) => this.reported.push(error),
    });
    this.threads = new Threads({
      store: this.store,
      hub: this.hub,
      health: this.health,
      clock,
      blobs: this.blobs,
      access,
      drivers: {
        find: async () => ({ driver, command: "agent", args: [] }),
        offered: (agent, offers) => void this.offered.push({ agent, offers }),
        toldCommands: (agent, commands) => void this.offered.push({ agent, offers: { commands } }),
      },
      makeId: () => `thread${String(++this.#ids).padStart(10, "0")}`,
      limits: DEFAULT_LIMITS,
      most,
      report: (error) => this.reported.push(error),
    });
    await ensurePersonalBoard(this);
    await this.threads.start();
  }

  /** As if the process had been killed: nothing is written any more, and what was in memory is gone. */
  async crash(): Promise<void> {
    for (const session of this.driver.sessions) session.alive = false;
    await this.store.close();
    await this.start();
  }

  async end(): Promise<void> {
    await this.threads.close();
    await this.store.close();
    await rm(this.directory, { recursive: true });
  }

  key(): string {
    return `key-${String(++this.#keys).padStart(6, "0")}`;
  }

  command(method: CommandName, params: Record<string, unknown>): Promise<CommandAnswer> {
    return this.threads.handle("local", method, { key: this.key(), ...params });
  }

  async create(): Promise<string> {
    return (await this.command("thread.create", { agent: "scripted", cwd: this.directory }))["thread"] as string;
  }

  async prompt(thread: string, text: string, more: Record<string, unknown> = {}): Promise<string> {
    return (await this.command("thread.prompt", { thread, text, when: "queue", ...more }))["turn"] as string;
  }

  /** Creates a thread and gives it a prompt that its agent has got. */
  async running(text = "Do it"): Promise<{ thread: string; turn: string }> {
    const thread = await this.create();
    const before = this.driver.sessions.length;
    const turn = await this.prompt(thread, text);
    await this.until(() => this.driver.sessions.length > before && this.driver.last.prompts.length > 0);
    return { thread, turn };
  }

  /** Lets everything that needs no time happen until the condition holds. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    // Files are read and written by the machine's own clock, however busy it is.
    const deadline = performance.now() + 20_000;
    while (performance.now() < deadline) {
      if (await condition()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`What was waited for did not come: ${condition.toString()}`);
  }

  /** Lets everything that needs no time happen. */
  async settled(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.hub.settled();
    }
  }

  /** What everyone who follows the topic sees. */
  async replica(topic: Topic): Promise<Replica> {
    await this.settled();
    const replica = new Replica(topic);
    replica.apply(JSON.parse((await this.store.snapshot(topic)).text) as Commit);
    return replica;
  }

  view(thread: string): Promise<Replica> {
    return this.replica(threadTopic(thread));
  }

  /** The timeline: each item's kind, with its role or status. */
  async items(thread: string): Promise<string[]> {
    return (await this.view(thread)).timeline().map(({ kind, value }) => {
      const what = value["role"] ?? value["status"];
      return typeof what === "string" ? `${kind} ${what}` : kind;
    });
  }

  async thread(thread: string): Promise<ThreadEntity> {
    return (await this.view(thread)).get("thread", thread) as ThreadEntity;
  }

  async turn(thread: string, turn: string): Promise<TurnEntity> {
    return (await this.view(thread)).get("turn", turn) as TurnEntity;
  }

  async card(thread: string): Promise<CardEntity> {
    return (await this.replica("board:personal")).get("card", thread) as CardEntity;
  }
}
