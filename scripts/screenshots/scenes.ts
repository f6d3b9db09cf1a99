import { showcaseAgent } from "../../apps/web/test/support/showcase-agent.ts";
import type { TestServer } from "../../apps/web/test/support/server.ts";

/** A conversation to be there before pictures are taken: its prompts, and how far it goes. */
type Scene = {
  name: string;
  prompts: string[];
  until: "idle" | "waiting" | "running";
  /** Played by the showcase agent, not by the demo. */
  showcase?: true;
  archived?: true;
};

const SCENES: readonly Scene[] = [
  { name: "hello", prompts: ["What can you do?"], until: "idle" },
  { name: "long", prompts: ["long 400"], until: "idle" },
  { name: "failed", prompts: ["fail"], until: "idle" },
  { name: "crashed", prompts: ["crash"], until: "idle" },
  { name: "archived", prompts: ["Say hello, and no more."], until: "idle", archived: true },
  { name: "question", prompts: ["ask"], until: "waiting" },
  { name: "tour", prompts: ["tour"], until: "idle" },
  {
    name: "showcase",
    prompts: ["Reconnecting storms the server. Find out why.", "Do it, please.", "What is left?"],
    until: "idle",
    showcase: true,
  },
  { name: "edit", prompts: ["edit Say what Skein is in one line"], until: "waiting" },
  { name: "busy", prompts: ["long 100000"], until: "running" },
  {
    name: "queue",
    prompts: ["ask", "Then run the tests", "And write down what you found, in README.md"],
    until: "waiting",
  },
];

/** Plays all scenes; gives the threads' ids by the scenes' names. */
export async function playScenes(server: TestServer): Promise<Map<string, string>> {
  const client = await server.client();
  const threads = new Map<string, string>();
  for (const { name, prompts, until, showcase, archived } of SCENES) {
    const agent = showcase ? { exec: showcaseAgent() } : { agent: "demo" };
    const { thread: id } = await client.command("thread.create", { ...agent, cwd: server.cwd });
    threads.set(name, id);
    const watch = client.watch(`thread:${id}`);
    await watch.ready();
    for (const text of prompts) await client.command("thread.prompt", { thread: id, text });
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const { status } = watch.replica.get("thread", id) ?? {};
        const asks = [...watch.replica.all("permission")].find(([, value]) => value["status"] === "pending");
        if (asks && until === "idle") {
          const [option] = asks[1]["options"] as { optionId: string }[];
          if (option)
            client
              .command("thread.answer", { thread: id, permission: asks[0], option: option.optionId })
              .catch(() => {});
        }
        const turns = [...watch.replica.all("turn").values()];
        const ended = turns.length > 0 && turns.every((turn) => !["queued", "running"].includes(turn.status));
        if (until === "idle" ? ended : status === until) resolve();
      };
      watch.onChange(look);
      look();
    });
    watch.release();
    if (archived) await client.command("thread.archive", { thread: id });
  }
  return threads;
}
