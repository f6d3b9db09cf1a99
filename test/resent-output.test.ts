import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { SkeinClient, webSocketTransport } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { scriptedAgent } from "./support/scripted-agent.ts";
import { ServerProcess } from "./support/server-process.ts";

const UPDATES = 800;
const OUTPUT = UPDATES * 1024;

test("L23: output resent whole with each of 800 updates costs at most 3 times its final size, stored and sent", async () => {
  const server = await ServerProcess.start();
  const transport = webSocketTransport(`ws${server.url.slice(4)}/v1/socket`);
  let wire = 0;
  const client = new SkeinClient({
    url: server.url,
    token: server.token,
    transport: (events) =>
      transport({
        ...events,
        frame: (text) => {
          wire += Buffer.byteLength(text);
          events.frame(text);
        },
      }),
  });
  client.connect();
  const steps = [{ resends: { toolCallId: "a", updates: UPDATES } }];
  const { thread } = await client.command("thread.create", { exec: scriptedAgent(), cwd: server.data });
  const watch = client.watch(threadTopic(thread));
  await watch.ready();
  const { turn } = await client.command("thread.prompt", { thread, text: JSON.stringify(steps) });
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (watch.replica.get("turn", turn)?.status === "done") resolve();
    };
    watch.onChange(look);
    look();
  });
  const [tool] = [...watch.replica.all("tool").values()];
  const [kept, rest] = tool!.content;
  if (kept?.type !== "block" || kept.block.type !== "text" || rest?.type !== "blob")
    throw new Error("Another content.");
  expect(kept.block.text.length + rest.bytes).toBe(OUTPUT);
  void client.close();
  expect(await server.end("SIGTERM")).toBe(0);

  const blobs = filesIn(join(server.data, "blobs"));
  const database = new Database(join(server.data, "skein.sqlite"), { readonly: true });
  const bytesOf = (query: string): number => Number(Object.values(database.query(query).get() as object)[0] ?? 0);
  const log = ["log", "arrival"].reduce((sum, table) => sum + bytesOf(`SELECT sum(length(body)) FROM ${table}`), 0);
  const raw = bytesOf("SELECT sum(length(line)) FROM events");
  database.close();
  const blob = blobs.reduce((sum, path) => sum + statSync(path).size, 0);
  const all = log + raw + blob + wire;
  console.log(
    `output ${OUTPUT}: log ${log}, raw ${raw}, blobs ${blob} in ${blobs.length}, wire ${wire}, in all ${all}`,
  );
  expect(blobs).toHaveLength(1);
  expect(all).toBeLessThanOrEqual(3 * OUTPUT);
  await server.dispose();
}, 60_000);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
}
