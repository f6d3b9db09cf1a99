import { expect, test } from "bun:test";
import type { SkeinClient } from "../src/client.ts";
import { memoryStorage } from "../src/connection/outbox-storage.ts";
import { pendingPrompts } from "../src/connection/prompts.ts";
import type { Watch } from "../src/connection/watch.ts";
import { isPinned, positionOf, type Topic } from "../src/protocol/index.ts";
import type { Replica } from "../src/replica/index.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { KeptReplicas } from "./support/kept-replicas.ts";
import { seeded } from "./support/random.ts";
import { fillThread, message, settled, world, type World } from "./support/setup.ts";

/** `SEED=n bun test fuzz` plays one game again. */
const SEEDS = process.env["SEED"] ? [Number(process.env["SEED"])] : Array.from({ length: 60 }, (_, index) => index + 1);
const STEPS = 400;
const TOPICS: readonly Topic[] = ["thread:a", "thread:b"];
const WINDOW = 12;

type Player = {
  client: SkeinClient;
  watches: Map<Topic, Watch>;
  given: { topic: Topic; text: string; key: string }[];
  /** What outlives the client when its page is loaded anew. */
  kept: { storage: ReturnType<typeof memoryStorage>; replicas: KeptReplicas };
};

/** One game: clients, agents and the network do what chance says; after every step every replica must be true. */
class Game {
  readonly world: World;
  readonly players: Player[] = [];
  readonly operations: string[] = [];
  /** What the agents said, by message: the chunks joined. */
  readonly said = new Map<string, string>();
  readonly #random: () => number;
  readonly #restores: boolean;
  #prompts = 0;

  constructor(seed: number, restores: boolean) {
    this.#random = seeded(seed);
    this.#restores = restores;
    this.world = world(this.#random);
    Object.assign(this.world.server.limits, {
      window: WINDOW,
      windowBytes: 500,
      historyPage: 7,
      historyPageBytes: 300,
    });
    for (const topic of TOPICS) fillThread(this.world.server, this.#below(40), topic);
    for (let count = 0; count < 3; count++) {
      const kept = { storage: memoryStorage(), replicas: new KeptReplicas(this.#random) };
      this.players.push({ client: this.#client(kept), watches: new Map(), given: [], kept });
    }
  }

  #client(kept: Player["kept"]): SkeinClient {
    const client = this.world.client({ fetch: (_, init) => this.#fetch(init), ...kept });
    client.connect();
    return client;
  }

  async step(): Promise<void> {
    const [name, run] = this.#choose(this.#moves());
    this.operations.push(name);
    run();
    await settled();
    this.check();
  }

  /** Faults end; everything under way arrives. */
  async calmDown(): Promise<void> {
    this.operations.push("calm");
    this.world.network.down = false;
    for (const session of this.world.server.sessions) session.lagging = false;
    for (let round = 0; round < 200; round++) {
      for (const session of this.world.server.sessions) this.world.server.pump(session);
      this.world.pass(1000);
      await settled();
      this.check();
      if (round > 60 && this.players.every(({ client }) => client.outbox.entries.length === 0)) return;
    }
  }

  check(): void {
    for (const { client, watches } of this.players) {
      for (const [topic, watch] of watches) {
        checkReplica(this.world.server, watch.replica);
        const turns = [...watch.replica.all("turn").values()].map(({ key }) => key);
        const pending = pendingPrompts(client.outbox.entries, watch.replica).map(({ key }) => key);
        const shown = [...turns, ...pending];
        if (new Set(shown).size !== shown.length) throw new Error(`A prompt of ${topic} shows twice.`);
      }
    }
  }

  /** After the calm: everyone has everything, every command had its effect once and in order, every text is exact. */
  checkEnd(): void {
    const { server, errors } = this.world;
    expect(errors).toEqual([]);
    for (const { client, watches, given } of this.players) {
      expect(client.status.state).toBe("live");
      expect(client.outbox.entries).toEqual([]);
      for (const [topic, watch] of watches) {
        expect(watch.status).toBe("live");
        expect(watch.replica).toMatchObject({ epoch: server.epoch, seq: server.log(topic).commits.length });
        for (const [id, { text }] of watch.replica.all("message")) {
          const said = this.said.get(`${topic} ${id}`);
          if (said !== undefined && !this.#restores) expect(text).toBe(said);
        }
      }
      for (const topic of TOPICS) {
        const turns = [...server.state(topic).values()].filter(({ kind }) => kind === "turn").map(({ value }) => value);
        const keys = turns.map(({ key }) => key as string);
        expect(new Set(keys).size).toBe(keys.length);
        if (this.#restores) continue;
        const mine = turns.filter(({ text }) => given.some((one) => one.text === text)).map(({ text }) => text);
        expect(mine).toEqual(given.filter((one) => one.topic === topic).map(({ text }) => text));
      }
    }
  }

  #moves(): [weight: number, name: string, run: () => void][] {
    const { server, network, clock } = this.world;
    const topic = this.#pick(TOPICS);
    const index = this.#below(this.players.length);
    const player = this.players[index] as Player;
    const watch = player.watches.get(topic);
    const wire = this.#pick(network.wires);
    const session = this.#pick([...server.sessions]);
    const own: [weight: number, name: string, run: () => void][] = [
      [40, `wire step`, () => wire?.step()],
      [15, `wire up`, () => wire?.deliverUp()],
      [20, `wire down`, () => wire?.deliverDown()],
      [10, "flush", () => network.flush()],
      [20, `agent appends to ${topic}`, () => this.#append(topic)],
      [6, `agent begins in ${topic}`, () => this.#begin(topic)],
      [4, `agent ends in ${topic}`, () => this.#end(topic)],
      [3, `patch ${topic}`, () => this.#patch(topic)],
      [1, `drop in ${topic}`, () => this.#drop(topic)],
      [8, `${index} prompts ${topic}`, () => this.#prompt(player, topic)],
      [4, `${index} watches ${topic}`, () => this.#watch(player, topic)],
      [1, `${index} releases ${topic}`, () => this.#release(player, topic)],
      [4, `${index} loads older of ${topic}`, () => void watch?.loadOlder().catch(() => {})],
      [1, `${index} follows ${topic}`, () => watch?.follow()],
      [2, `${index} loads its page anew`, () => this.#reload(player)],
      [1, `${index} retries`, () => player.client.retryNow()],
      [1, `${index} wakes all`, () => this.world.wake()],
      [4, "cut", () => wire?.cut()],
      [2, "cut, half open", () => wire?.cut(false)],
      [1, "network down", () => void (network.down = true)],
      [3, "network up", () => void (network.down = false)],
      [1, "restart", () => server.restart()],
      [1, "drain", () => (server.notify("draining", { retryAfterMs: 500 }), server.restart({ code: 4503 }))],
      [2, "lag", () => session && (session.lagging = true)],
      [4, "drained", () => session && ((session.lagging = false), server.pump(session))],
      [6, "time", () => clock.advance(Math.floor(this.#random() * 3000))],
      [1, "much time", () => clock.advance(40_000)],
    ];
    if (this.#restores) own.push([1, "restore", () => server.restart({ lose: this.#below(6) })]);
    return own;
  }

  #prompt(player: Player, topic: Topic): void {
    const text = `prompt ${++this.#prompts}`;
    player.client.command("thread.prompt", { thread: topic.slice(7), text }).catch(() => {});
    player.given.push({ topic, text, key: player.client.outbox.entries.at(-1)?.key ?? "" });
  }

  #watch(player: Player, topic: Topic): void {
    if (!player.watches.has(topic)) player.watches.set(topic, player.client.watch(topic));
  }

  #release(player: Player, topic: Topic): void {
    player.watches.get(topic)?.release();
    player.watches.delete(topic);
  }

  /** The page goes, after its last words or without them; the next one begins with what is kept. */
  #reload(player: Player): void {
    if (this.#random() < 0.5) player.kept.replicas.stop();
    void player.client.close();
    player.kept.replicas = player.kept.replicas.next();
    player.client = this.#client(player.kept);
    for (const topic of player.watches.keys()) player.watches.set(topic, player.client.watch(topic));
  }

  #begin(topic: Topic): void {
    const { server } = this.world;
    const change = message(server, "", topic, "streaming");
    this.said.set(`${topic} ${change.id}`, "");
    server.commit(topic, [change]);
  }

  #append(topic: Topic): void {
    const open = this.#messages(topic, "streaming");
    const changes = open.slice(0, 2).map(({ id, value }) => {
      // Halves of surrogate pairs too: agents cut where they like.
      const text = this.#pick(["a", "bc ", "ä", "\u{1f9f6}", "\ud83e", "\uddf6", "\n"]) ?? "";
      const at = (value["text"] as string).length;
      this.said.set(`${topic} ${id}`, (value["text"] as string) + text);
      return { op: "append", kind: "message", id, field: "text", at, text } as const;
    });
    if (changes.length > 0) this.world.server.commit(topic, changes);
  }

  #end(topic: Topic): void {
    const open = this.#pick(this.#messages(topic, "streaming"));
    if (!open) return;
    const value = { status: "complete", endedAt: 1 };
    this.world.server.commit(topic, [{ op: "patch", kind: "message", id: open.id, value }]);
  }

  #patch(topic: Topic): void {
    const one = this.#pick(this.#messages(topic));
    if (!one) return;
    const value = { mark: this.#below(100), endedAt: null };
    this.world.server.commit(topic, [{ op: "patch", kind: "message", id: one.id, value }]);
  }

  #drop(topic: Topic): void {
    const one = this.#pick(this.#messages(topic));
    if (one) this.world.server.commit(topic, [{ op: "drop", kind: "message", id: one.id }]);
  }

  #messages(topic: Topic, status?: string) {
    return [...this.world.server.state(topic).values()].filter(
      ({ kind, value }) => kind === "message" && (status === undefined || value["status"] === status),
    );
  }

  async #fetch(init: RequestInit): Promise<Response> {
    if (this.#random() < 0.3) throw new Error("no way there");
    const answer = this.world.server.rpc(init.body as string);
    if (this.#random() < 0.3) throw new Error("no way back");
    return new Response(answer);
  }

  #choose(moves: [number, string, () => void][]): [string, () => void] {
    let left = this.#random() * moves.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, name, run] of moves) {
      left -= weight;
      if (left < 0) return [name, run];
    }
    return ["nothing", () => {}];
  }

  #below = (bound: number): number => Math.floor(this.#random() * bound);
  #pick = <Of>(from: readonly Of[]): Of => from[this.#below(from.length)] as Of;
}

/** G2: a replica at a position is the fold of all commits up to there, as far as its window goes. */
function checkReplica(server: FakeServer, replica: Replica): void {
  const { epoch, seq } = replica;
  if (epoch === null || !server.holds(replica.topic, { epoch, seq })) return;
  const truth = server.state(replica.topic, replica.seq);
  const held = new Set<string>();
  for (const { kind, id, value } of replica.dump().entities) {
    held.add(`${kind} ${id}`);
    const entity = truth.get(`${kind} ${id}`);
    if (!Bun.deepEquals(entity?.value, value)) {
      const [is, should] = [JSON.stringify(value), JSON.stringify(entity?.value)];
      throw new Error(`${replica.topic} at ${replica.seq}: ${kind} ${id} is ${is}, should be ${should}.`);
    }
  }
  for (const { kind, id, value } of truth.values()) {
    const wanted = isPinned(value) || (positionOf(value) ?? 0) >= replica.floor;
    if (wanted && !held.has(`${kind} ${id}`)) {
      throw new Error(`${replica.topic} at ${replica.seq}, floor ${replica.floor}: ${kind} ${id} is missing.`);
    }
  }
}

for (const restores of [false, true]) {
  const what = restores
    ? ", also when the server is restored from a backup"
    : " and every command its effect once (G3)";
  test(`G2, G4: over any drops, lags, restarts and lost answers every replica is true${what}`, async () => {
    for (const seed of SEEDS) {
      const game = new Game(seed, restores);
      try {
        for (let step = 0; step < STEPS; step++) await game.step();
        await game.calmDown();
        game.checkEnd();
      } catch (error) {
        console.error(`SEED=${seed} (restores: ${restores}), the last of ${game.operations.length} operations:`);
        console.error(game.operations.slice(-40).join("\n"));
        throw error;
      }
    }
  }, 60_000);
}
