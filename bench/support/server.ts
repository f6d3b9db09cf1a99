import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");

/** The line that `skein serve --json` prints when it is ready. */
type Ready = { event: "ready"; url: string; token: string; pid: number };

export type RunningServer = {
  url: string;
  token: string;
  data: string;
  /** Milliseconds from exec to the ready line. */
  startedInMs: number;
  pid: number;
  stop(): Promise<void>;
};

/**
 * Starts `skein serve` as a user would, on a data directory of its own and any free port. `checkout` is the directory of
 * another version, with its dependencies installed; this one when absent.
 */
export async function startServer({ checkout = root }: { checkout?: string } = {}): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), "skein-bench-"));
  const execAt = performance.now();
  const child = Bun.spawn(["packages/server/bin/skein", "serve", "--json", "--port", "0", "--data", data], {
    cwd: checkout,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const ready = await firstLine<Ready>(child.stdout);
  const startedInMs = performance.now() - execAt;
  return {
    url: ready.url,
    token: ready.token,
    data,
    startedInMs,
    pid: ready.pid,
    stop: async () => {
      process.kill(ready.pid, "SIGTERM");
      await child.exited;
      await rm(data, { recursive: true });
    },
  };
}

/** The first line of a process's output, which is JSON. */
export async function firstLine<Value>(stream: ReadableStream<Uint8Array>): Promise<Value> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return JSON.parse(text.slice(0, end)) as Value;
  }
  throw new Error("The server ended before it was ready.");
}
