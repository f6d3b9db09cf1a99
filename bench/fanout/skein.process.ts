/** Skein's whole path: each event is a change, committed to the store, then sent by the hub through the gateway. */
import { DEFAULT_LIMITS, type Topic } from "@skein/client/protocol";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../packages/server/src/clock.ts";
import { Gateway } from "../../packages/server/src/gateway/gateway.ts";
import { localToken } from "../../packages/server/src/gateway/tokens.ts";
import { Health } from "../../packages/server/src/health.ts";
import { Hub } from "../../packages/server/src/hub/hub.ts";
import { processLoad } from "../../packages/server/src/hub/pace.ts";
import { makeId } from "../../packages/server/src/ids.ts";
import { DEFAULT_SETTINGS } from "../../packages/server/src/settings.ts";
import { Blobs } from "../../packages/server/src/store/blobs.ts";
import { SqliteStore } from "../../packages/server/src/store/sqlite.ts";
import { serveTask } from "./serve.ts";
import { eventText } from "./task.ts";

/** Events a message grows by before the next message begins. */
const EVENTS_PER_MESSAGE = 200;

const report = (error: unknown) => {
  throw error;
};

await serveTask(async (task) => {
  const data = await mkdtemp(join(tmpdir(), "skein-bench-"));
  const store = await SqliteStore.open({ file: join(data, "skein.sqlite") });
  const clock = systemClock;
  const limits = DEFAULT_LIMITS;
  const hub = new Hub({ store, clock, limits, load: processLoad(clock), report });
  const gateway = new Gateway({
    hub,
    health: new Health(),
    blobs: new Blobs(join(data, "blobs")),
    domain: {
      store,
      command: () => Promise.reject(new Error("There are no commands here.")),
      lookForAgents: async () => {},
      mayRead: async () => true,
      mayReadBlob: async () => true,
      boardOf: () => "personal",
    },
    clock,
    limits,
    pairing: DEFAULT_SETTINGS.pairing,
    server: { name: "bench", version: "0" },
    assets: join(data, "none"),
    hosts: { listen: "127.0.0.1", allowed: [], origins: [] },
    port: 0,
    makeId: () => makeId(),
    report,
  });
  const token = await localToken(store, data, clock.now());
  const { port } = gateway.listen();
  const names = Array.from({ length: task.topics }, (_, number): Topic => `thread:bench${number}`);
  const messages = names.map((topic) => new Growing(topic));
  for (const message of messages) await hub.write(message.next(0));
  return {
    endpoint: { url: `ws://127.0.0.1:${port}/v1/socket`, token, names },
    async sendRound(round, topics) {
      await Promise.all(topics.map((topic) => hub.write((messages[topic] as Growing).next(round))));
    },
    async stop() {
      await gateway.stop(0);
      await store.close();
      await rm(data, { recursive: true });
    },
  };
});

/** A message that streams, and the next once it is long enough: what an agent's answer is to the store. */
class Growing {
  readonly #topic: Topic;
  #number = 0;
  #events = 0;
  #length = 0;

  constructor(topic: Topic) {
    this.#topic = topic;
  }

  next(round: number) {
    const text = eventText(round);
    const [kind, id] = ["message", `m${this.#number}`];
    const at = this.#length;
    const first = this.#events === 0;
    this.#length += text.length;
    this.#events++;
    const value = { pos: this.#number, role: "assistant", text, status: "streaming", startedAt: 0 };
    const changes = first
      ? [{ op: "put" as const, kind, id, value }]
      : [{ op: "append" as const, kind, id, field: "text", at, text }];
    if (this.#events < EVENTS_PER_MESSAGE) return { changes: [{ topic: this.#topic, changes }] };
    this.#number++;
    this.#events = 0;
    this.#length = 0;
    const complete = { op: "patch" as const, kind, id, value: { status: "complete" } };
    return { changes: [{ topic: this.#topic, changes: [...changes, complete] }] };
  }
}
