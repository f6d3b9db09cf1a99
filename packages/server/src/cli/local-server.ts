import { SkeinError } from "@skein/client";
import type { Cli, RunningServer } from "./context.ts";
import { readToken, runningServer, type KnownServer } from "./data-directory.ts";
import { EXIT, UnreachableError } from "./exit-codes.ts";
import { onInterrupt } from "./interrupts.ts";

export type Address = { url: string; token: string };

/** How long another process that has the database may take until it is found as a server, or has gone, in milliseconds. */
const START_WITHIN_MS = 10_000;
/** Between two looks for it. */
const LOOK_MS = 50;
/** Staying for others is told after this long: who only closes a connection is no other. */
const TELL_AFTER_MS = 500;

/**
 * The server on a data directory, wherever that is at the moment: in a process of its own, in another command, or in
 * this one. A command has a server in it where there is none; commands that are started meanwhile find and use it.
 *
 *   find: one runs ──▶ that one     none, and nobody has the database ──▶ one in this command
 *         none, but the database is taken ──▶ it is being started, or stopped: look again
 */
export class LocalServer {
  readonly #cli: Cli;
  readonly #data: string;
  readonly #over: AbortSignal;
  #own: RunningServer | null = null;
  #found: (Address & Pick<KnownServer, "inCommand">) | null = null;
  #finding: Promise<Address> | null = null;
  #closed = false;

  /** @param over Once it is aborted, no server is waited for or started any more. */
  constructor(cli: Cli, data: string, over: AbortSignal) {
    this.#cli = cli;
    this.#data = data;
    this.#over = over;
  }

  /** Whether the server runs in this process, and ends with it. */
  get own(): boolean {
    return this.#own !== null;
  }

  /**
   * Where it is now. One that ran by itself and is gone is waited for where it was: whoever stopped it starts it again.
   * One in another command does not come back, so this command takes its place.
   * @throws UnreachableError; the reason of `over`.
   */
  find(): Promise<Address> {
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  /** Stops the server if it is this command's: once nobody else uses it, or `atOnce`. */
  async close(atOnce: boolean): Promise<void> {
    this.#closed = true;
    // Who wanted to know was told, or is gone; a server that is being started is stopped below.
    await this.#finding?.catch(() => {});
    const own = this.#own;
    if (own === null) return;
    const hurried = new AbortController();
    if (atOnce) hurried.abort();
    const leave = (): void => (hurried.signal.aborted ? process.exit(EXIT.interrupted) : hurried.abort());
    const stopListening = onInterrupt(leave, leave);
    const tell = setTimeout(() => {
      if (!hurried.signal.aborted)
        this.#cli.screen.note("others use the server that runs in this command: it stays until they are done (Ctrl-C)");
    }, TELL_AFTER_MS);
    try {
      await own.unused(hurried.signal);
      await own.stop();
    } finally {
      clearTimeout(tell);
      stopListening();
    }
  }

  async #find(): Promise<Address> {
    for (const deadline = Date.now() + START_WITHIN_MS; ;) {
      if (this.#own) return this.#own;
      const running = await runningServer(this.#data);
      if (running) return (this.#found = { ...running, token: await readToken(this.#data) });
      if (this.#found?.inCommand === false) return this.#found;
      if (this.#closed) throw new UnreachableError("The command is being ended.");
      this.#over.throwIfAborted();
      await this.#start(Date.now() < deadline);
      if (!this.#own) await Bun.sleep(LOOK_MS);
    }
  }

  /** @throws UnreachableError; not for a database that is taken when `mayBeTaken`. */
  async #start(mayBeTaken: boolean): Promise<void> {
    const options = { host: "127.0.0.1", port: 0, data: this.#data, durability: "normal", allowHosts: [] } as const;
    try {
      this.#own = await this.#cli.startServer({ ...options, inCommand: true });
    } catch (error) {
      if (mayBeTaken && error instanceof SkeinError && error.kind === "busy") return;
      const why = error instanceof Error ? error.message : String(error);
      throw new UnreachableError(`No server runs on ${this.#data}, and none could be started: ${why}`, {
        cause: error,
      });
    }
  }
}
