import { SkeinClient, type SkeinClientOptions } from "../../src/client.ts";
import type { Change, Topic } from "../../src/protocol/index.ts";
import { FakeServer } from "./fake-server.ts";
import { Network } from "./network.ts";
import { TestClock } from "../../../../test/support/test-clock.ts";

export type World = {
  clock: TestClock;
  server: FakeServer;
  network: Network;
  /** What listeners threw and storages refused. */
  errors: unknown[];
  /** Wakes every client, or takes the network from it. */
  wake: (signal?: "wake" | "offline") => void;
  client: (options?: Partial<SkeinClientOptions>) => SkeinClient;
  /** A client that is connected and live. */
  live: (options?: Partial<SkeinClientOptions>) => SkeinClient;
  /** Lets time pass, delivering every frame as soon as it is sent. */
  pass: (ms: number) => void;
};

/** A server, a network and a clock for as many clients as one likes. Chance gives 0.5 unless a test has its own. */
export function world(random: () => number = () => 0.5): World {
  const clock = new TestClock();
  const server = new FakeServer(random);
  const network = new Network(server.accept);
  const errors: unknown[] = [];
  const wakes = new Set<(signal: "wake" | "offline") => void>();
  const client = (options: Partial<SkeinClientOptions> = {}): SkeinClient =>
    new SkeinClient({
      url: "http://skein.test",
      clock,
      random,
      transport: network.transport,
      wakeSources: [
        (tell) => {
          wakes.add(tell);
          return () => wakes.delete(tell);
        },
      ],
      fetch: () => Promise.reject(new Error("no network")),
      onError: (error) => errors.push(error),
      ...options,
    });
  return {
    clock,
    server,
    network,
    errors,
    wake: (signal = "wake") => [...wakes].forEach((tell) => tell(signal)),
    client,
    live(options) {
      const one = client(options);
      one.connect();
      network.flush();
      return one;
    },
    pass(ms) {
      network.flush();
      clock.advance(ms, () => network.flush());
    },
  };
}

export const THREAD: Topic = "thread:one";

/** A thread with `count` messages. */
export function fillThread(server: FakeServer, count: number, topic: Topic = THREAD): void {
  server.commit(topic, [{ op: "put", kind: "thread", id: topic.slice(7), value: { title: "one" } }]);
  for (let index = 0; index < count; index++) server.commit(topic, [message(server, `text ${index}`, topic)]);
}

/** A message at the next place of the timeline. */
export function message(server: FakeServer, text: string, topic: Topic = THREAD, status = "complete"): Change {
  const pos = server.nextPos(topic);
  return { op: "put", kind: "message", id: `m${pos}`, value: { pos, role: "assistant", text, status, startedAt: 0 } };
}

/** Lets promises that can settle without I/O or time do so. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 30; round++) await Promise.resolve();
}

/** What a server was asked to send, in order. Whoever names a position goes on from an earlier epoch's as well (P30). */
export const subscribes = (server: FakeServer): Record<string, unknown>[] =>
  server.requests
    .filter(({ method }) => method === "subscribe")
    .map(({ params: { moves, ...params } }) => {
      if ((moves === true) !== "after" in params)
        throw new Error(`A position without moves: ${JSON.stringify(params)}`);
      return params;
    });
