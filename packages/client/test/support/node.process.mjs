// Plain Node with the package as it is published, and `ws`: prompts a thread and prints what its replica then holds.
import { SkeinClient } from "@skein/client";
import { WebSocket } from "ws";

const [url, token, thread, text] = process.argv.slice(2);
const client = new SkeinClient({ url, token, WebSocket, name: "node" });
client.connect();
await client.ready();
const watch = client.watch(`thread:${thread}`);
await watch.ready();
const { turn } = await client.command("thread.prompt", { thread, text });
await new Promise((resolve) => {
  const look = () => {
    if (watch.replica.get("turn", turn)?.status === "done") resolve();
  };
  watch.onChange(look);
  look();
});
console.log(JSON.stringify({ seq: watch.replica.seq, timeline: watch.replica.timeline() }));
await client.close();
