import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";

const ENTRY = join(import.meta.dir, "../../../../packages/server/src/main.ts");

/** A `skein serve` of its own, with an empty data directory and a working directory for agents. */
export type TestServer = {
  url: string;
  token: string;
  /** An empty directory that agents may work in. */
  cwd: string;
  /** A link that signs one browser in. */
  pairLink(): Promise<string>;
  /** A connected client, as a program on this machine. */
  client(): Promise<SkeinClient>;
  /** Ends the process at once, as a crash would; `start` brings it back on the same port and data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** @param delayMs What the demo agent waits between its updates. */
export async function startTestServer({ delayMs = 0 }: { delayMs?: number } = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "skein-web-"));
  const cwd = join(folder, "project");
  await Bun.write(join(cwd, "README.md"), "# A project\n");
  const clients: SkeinClient[] = [];
  let port = 0;
  let running: { process: ReturnType<typeof spawn>; url: string; token: string } | null = null;

  const spawn = () =>
    Bun.spawn([process.execPath, ENTRY, "serve", "--json", "--port", String(port), "--data", join(folder, "data")], {
      env: { ...process.env, SKEIN_DEMO_DELAY_MS: String(delayMs), HOME: folder },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });

  const start = async (): Promise<void> => {
    const child = spawn();
    const ready = JSON.parse(await firstLine(child.stdout)) as { url: string; token: string };
    port = Number(new URL(ready.url).port);
    running = { process: child, ...ready };
  };
  const now = () => {
    if (running === null) throw new Error("The server does not run.");
    return running;
  };
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    const { process: child } = now();
    running = null;
    child.kill(signal);
    await child.exited;
  };
  const client = async (): Promise<SkeinClient> => {
    const made = new SkeinClient({ url: now().url, token: now().token });
    clients.push(made);
    made.connect();
    await made.ready();
    return made;
  };

  await start();
  return {
    url: now().url,
    token: now().token,
    cwd,
    client,
    start,
    kill: () => end("SIGKILL"),
    async pairLink() {
      const asking = await client();
      const { code } = await asking.query("token.pair", {});
      return `${now().url}/pair#${code}`;
    },
    async stop() {
      for (const made of clients) await made.close();
      if (running !== null) await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The server ended before it was ready: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.slice(0, text.indexOf("\n"));
}
