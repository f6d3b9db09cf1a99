import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "..", "..", "packages", "server", "src", "main.ts");

/** A real server in a process of its own, on a data directory of its own. */
export class ServerProcess {
  url = "";
  token = "";
  /** What it printed as faults so far. */
  stderr = "";
  #child: ReturnType<typeof spawn> | null = null;
  #port = 0;
  #keepsData = false;
  readonly data: string;
  readonly #env: Record<string, string>;

  private constructor(data: string, env: Record<string, string>) {
    this.data = data;
    this.#env = env;
  }

  /** Starts one on a new data directory; `dispose` ends it and removes the directory. */
  static async start(env: Record<string, string> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), "skein-test-")), env);
    await server.start();
    return server;
  }

  /** Starts one on a data directory that is the caller's; `dispose` ends it and leaves the directory. */
  static async on(data: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(data, env);
    server.#keepsData = true;
    await server.start();
    return server;
  }

  /** Starts it, again on the port it had before. Resolves with the milliseconds it took to be ready. */
  async start(): Promise<number> {
    const began = performance.now();
    const child = spawn(["serve", "--json", "--port", String(this.#port), "--data", this.data], this.#env);
    this.#child = child;
    void this.#collect(child.stderr);
    const ready = JSON.parse(await firstLine(child.stdout, () => this.stderr)) as { url: string; token: string };
    this.url = ready.url;
    this.token = ready.token;
    this.#port = Number(new URL(ready.url).port);
    return performance.now() - began;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.#child?.kill(signal);
    await this.#child?.exited;
    return this.#child?.exitCode ?? null;
  }

  async dispose(): Promise<void> {
    if (this.isRunning) await this.end("SIGTERM");
    if (!this.#keepsData) await rm(this.data, { recursive: true, force: true });
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream)
      this.stderr = (this.stderr + decoder.decode(chunk, { stream: true })).slice(-65_536);
  }
}

function spawn(args: string[], env: Record<string, string>) {
  return Bun.spawn([process.execPath, MAIN, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, SKEIN_DEMO_DELAY_MS: "0", ...env },
  });
}

async function firstLine(stream: ReadableStream<Uint8Array>, stderr: () => string): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The server ended before it was ready: ${text}${stderr()}`);
    text += decoder.decode(value, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) {
      reader.releaseLock();
      return text.slice(0, end);
    }
  }
}
