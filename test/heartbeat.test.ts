import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { startServer } from "../packages/server/src/server.ts";
import { scriptedAgent, type Step } from "./support/scripted-agent.ts";

setDefaultTimeout(60_000);

test("P13, P14: a client that only reads a busy topic stays connected: real server, real client", async () => {
  const data = await realpath(await mkdtemp(join(tmpdir(), "skein-heartbeat-")));
  const limits = { pingAfterMs: 1000, pongWithinMs: 4000, silentMs: 3000 };
  await writeFile(join(data, "settings.json"), JSON.stringify({ limits }));
  const server = await startServer({ host: "127.0.0.1", port: 0, data, durability: "normal", allowHosts: [] });
  const client = new SkeinClient({ url: server.url, token: server.token });
  try {
    client.connect();
    await client.ready();
    const { thread } = await client.command("thread.create", { exec: scriptedAgent(), cwd: data });
    const states: string[] = [];
    const watch = client.watch(threadTopic(thread));
    await watch.ready();
    // Nothing but text comes for longer than `silentMs`, at a pace that leaves no silence to ping in.
    const steps: Step[] = [];
    for (let chunk = 0; chunk < 90; chunk++) steps.push({ text: `${chunk} ` }, { wait: 50 });
    await client.command("thread.prompt", { thread, text: JSON.stringify(steps) });
    client.onStatus(({ state }) => states.push(state));
    await new Promise<void>((resolve) => {
      const look = (): void => void (watch.replica.get("thread", thread)?.["outcome"] !== undefined && resolve());
      watch.onChange(look);
      look();
    });
    expect(states).toEqual([]);
  } finally {
    await client.close();
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
});
