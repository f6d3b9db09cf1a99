import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { ServerProcess } from "../../../../test/support/server-process.ts";

/** A `skein serve` of its own, with what browser tests need around it. */
export class TestServer {
  readonly process: ServerProcess;
  /** A directory with a file, which agents may work in. */
  readonly cwd: string;
  readonly #folder: string;
  readonly #clients: SkeinClient[] = [];

  private constructor(process: ServerProcess, folder: string, cwd: string) {
    this.process = process;
    this.#folder = folder;
    this.cwd = cwd;
  }

  /** @param delayMs What the demo agent waits between its updates, in milliseconds. */
  static async start({ delayMs = 0 }: { delayMs?: number } = {}): Promise<TestServer> {
    const folder = await mkdtemp(join(tmpdir(), "skein-web-"));
    const cwd = join(folder, "project");
    await Bun.write(join(cwd, "README.md"), "# A project\n");
    const process = await ServerProcess.start({ SKEIN_DEMO_DELAY_MS: String(delayMs), HOME: folder });
    return new TestServer(process, folder, cwd);
  }

  get url(): string {
    return this.process.url;
  }

  /** A connected client, known by the server's own token as a program is. Closed by `stop`. */
  async client(): Promise<SkeinClient> {
    const client = new SkeinClient({ url: this.url, token: this.process.token });
    this.#clients.push(client);
    client.connect();
    await client.ready();
    return client;
  }

  /** A link that signs one browser in. */
  async pairLink(): Promise<string> {
    const { code } = await (await this.client()).query("token.pair");
    return `${this.url}/pair#${code}`;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.process.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
