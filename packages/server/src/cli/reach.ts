import { SkeinClient } from "@skein/client";
import type { Command } from "commander";
import { VERSION } from "../version.ts";
import type { Cli, RunningServer } from "./context.ts";
import { dataDirectory, readToken, runningServer } from "./data-directory.ts";
import { UnreachableError, UsageError } from "./exit-codes.ts";

/** A server to talk to, and the connection to it. */
export type Reached = {
  client: SkeinClient;
  /** Whether the server runs in this process, and ends with it. */
  own: boolean;
  close(): Promise<void>;
};

/** How long a connection may take to come about. */
const CONNECT_MS = 15_000;

/** Gives a command the option that says which server it talks to. */
export function talksToServer(command: Command): Command {
  return command.option("--data <dir>", "the data directory whose server to use (see: skein help environment)");
}

/**
 * Does something with a connection, and closes what was opened for it.
 * @throws UnreachableError when there is no server and none can be started.
 */
export async function withServer<Result>(
  cli: Cli,
  options: { data?: string },
  work: (reached: Reached) => Promise<Result>,
): Promise<Result> {
  const reached = await reach(cli, options);
  try {
    return await work(reached);
  } finally {
    await reached.close();
  }
}

/** The server of `SKEIN_URL`; else the one that runs on the data directory; else one in this process. */
async function reach(cli: Cli, options: { data?: string }): Promise<Reached> {
  const url = cli.env["SKEIN_URL"];
  if (url) {
    const token = cli.env["SKEIN_TOKEN"];
    if (!token)
      throw new UsageError(`SKEIN_URL is set to ${url}, but SKEIN_TOKEN is not. Set it to that server's token.`);
    return connect(cli, { url, token }, null);
  }
  const data = dataDirectory(cli.env, options.data);
  const running = await runningServer(data);
  if (running) return connect(cli, { url: running.url, token: await readToken(data) }, null);
  const own = await startOwn(cli, data);
  return connect(cli, own, own);
}

async function startOwn(cli: Cli, data: string): Promise<RunningServer> {
  try {
    return await cli.startServer({ host: "127.0.0.1", port: 0, data, durability: "normal", allowHosts: [] });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreachableError(`No server runs on ${data}, and none could be started: ${why}`, { cause: error });
  }
}

async function connect(cli: Cli, server: { url: string; token: string }, own: RunningServer | null): Promise<Reached> {
  const client = new SkeinClient({
    url: server.url,
    token: server.token,
    name: "skein-cli",
    version: VERSION,
    onError: (error) => cli.screen.warn(`skein: ${String(error)}`),
  });
  const close = async (): Promise<void> => {
    await client.close();
    await own?.stop();
  };
  const late = setTimeout(() => void client.close(), CONNECT_MS);
  let lastFault = "";
  const stopListening = client.onStatus((status) => {
    if (status.state === "waiting") lastFault = status.error.message;
    // A first connection that nobody takes is an answer; later ones are tried again.
    if (status.state === "waiting" && status.unopened > 2) void client.close();
  });
  try {
    client.connect();
    await client.ready();
  } catch (error) {
    await close();
    if (lastFault === "") throw error;
    throw new UnreachableError(`Cannot reach the server at ${server.url}: ${lastFault}`, { cause: error });
  } finally {
    clearTimeout(late);
    stopListening();
  }
  const told = new Set<string>();
  client.outbox.onChange((entries) => {
    for (const { key, error } of entries) {
      if (error === null || told.has(key)) continue;
      told.add(key);
      cli.screen.note(`${error.message} Trying again.`);
    }
  });
  client.onStatus((status) => {
    if (status.state === "waiting" && status.attempt === 1) {
      cli.screen.note(`connection lost (${status.error.message}); trying again`);
    }
  });
  return { client, own: own !== null, close };
}
