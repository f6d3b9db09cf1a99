import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "..", "..", "packages", "server", "src", "main.ts");

type More = {
  /** How many files and sockets it may have open at a time. */
  descriptors?: number;
  /** Further flags of `skein serve`. */
  flags?: readonly string[];
};

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
  readonly #more: More;

  private constructor(data: string, env: Record<string, string>, more: More = {}) {
    this.data = data;
    this.#env = env;
    this.#more = more;
  }

  /** Starts one on a new data directory; `dispose` ends it and removes the directory. */
  static async start(env: Record<string, string> = {}, more: More = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), "skein-test-")), env, more);
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
    const { descriptors, flags = [] } = this.#more;
    const serve = [process.execPath, MAIN, "serve", "--json", "--port", String(this.#port), "--data", this.data];
    const limited = descriptors === undefined ? [] : ["sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh"];
    const child = spawn([...limited, ...serve, ...flags], this.#env);
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

  /** Waits until it ends by itself, and tells its exit code. */
  async ended(): Promise<number | null> {
    await this.#child?.exited;
    return this.#child?.exitCode ?? null;
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

function spawn(command: string[], env: Record<string, string>) {
  return Bun.spawn(command, {
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
