import { SkeinClient, webSocketTransport, type OpenTransport, type Transport } from "@skein/client";
import type { Command } from "commander";
import { VERSION } from "../version.ts";
import type { Cli } from "./context.ts";
import { dataDirectory, hasData, remoteUrl } from "./data-directory.ts";
import { EXIT, InterruptedError, UnreachableError, UsageError } from "./exit-codes.ts";
import { onInterrupt } from "./interrupts.ts";
import { LocalServer, type Address } from "./local-server.ts";
import { wholeNumber } from "./thread-argument.ts";

/** A server to talk to, and the connection to it. */
export type Reached = {
  client: SkeinClient;
  /** The text of a blob. @throws Error when the server does not give it. */
  blobText: (blob: string) => Promise<string>;
  /** Whether the server runs in this process, and ends with it. */
  readonly own: boolean;
  /** Whoever runs the command wants an end of it: a server in this process is to wait for nobody. */
  leaveAtOnce(): void;
  close(): Promise<void>;
};

/** How long a connection may take to come about. */
const CONNECT_MS = 15_000;

/** What every command that talks to a server can be told of it. */
export type ServerFlags = { data?: string; timeout?: number };

/** A server that is restarted is back within this, in seconds; one that is away for longer was stopped. */
const AWAY_S = 120;

/**
 * Gives a command the options that say which server it talks to, and how long that may be away.
 * @param away How long in seconds unless it is said; 0 for ever.
 */
export function talksToServer(command: Command, away = AWAY_S): Command {
  return command
    .option("--data <dir>", "the data directory whose server to use (see: skein help environment)")
    .option(
      "--timeout <seconds>",
      "give up when the server has been away for so long; 0 never",
      wholeNumber(0, 1_000_000),
      away,
    );
}

/**
 * Does something with a connection, and closes what was opened for it. What nobody reads is not gone on with; neither
 * is, at Ctrl-C, what does not itself say what that means.
 * @param options.begins Whether it makes something of its own: else, where there is no data, none is made for it.
 * @throws OutputError; InterruptedError; UnreachableError when there is no server and none can be started.
 */
export async function withServer<Result>(
  cli: Cli,
  options: ServerFlags & { begins?: boolean },
  work: (reached: Reached) => Promise<Result>,
): Promise<Result> {
  const interrupted = new AbortController();
  const away = new AbortController();
  const over = AbortSignal.any([cli.output, interrupted.signal, away.signal]);
  const stopListening = onInterrupt(
    () => interrupted.abort(new InterruptedError()),
    () => process.exit(EXIT.interrupted),
  );
  try {
    const reached = await reach(cli, options, over);
    giveUpAfter(options.timeout ?? AWAY_S, reached.client, away);
    const { promise: unended, reject } = Promise.withResolvers<never>();
    const end = (): void => reject(over.reason);
    over.addEventListener("abort", end);
    try {
      return await Promise.race([unended, work(reached)]);
    } finally {
      over.removeEventListener("abort", end);
      if (over.aborted) reached.leaveAtOnce();
      await reached.close();
    }
  } finally {
    stopListening();
  }
}

/** Aborts once a server that was there has been away for so many seconds. */
function giveUpAfter(seconds: number, client: SkeinClient, away: AbortController): void {
  if (seconds === 0) return;
  let late: NodeJS.Timeout | null = null;
  client.onStatus(({ state }) => {
    if (state === "live") {
      if (late) clearTimeout(late);
      late = null;
    } else if (state !== "idle" && state !== "stopped") {
      late ??= setTimeout(() => {
        const message = `The server has been away for ${seconds} s: giving up. What runs there is left as it is.`;
        away.abort(new UnreachableError(`${message} To wait longer: --timeout`));
      }, seconds * 1000);
    }
  });
}

/** What a command knows of the server it talks to. */
type Whereabouts = { readonly own: boolean; find(): Promise<Address>; close(atOnce: boolean): Promise<void> };

/**
 * The server of `SKEIN_URL`, unless `--data` is given; else the one that runs on the data directory; else one in this process.
 * @throws the reason of `over`, once that is aborted: then nothing is left open.
 */
async function reach(cli: Cli, options: { data?: string; begins?: boolean }, over: AbortSignal): Promise<Reached> {
  const url = remoteUrl(cli.env, options.data);
  if (url === null) {
    const data = dataDirectory(cli.env, options.data);
    if (options.begins !== true && !hasData(data)) {
      throw new UnreachableError(
        `There is no data in ${data}. Another directory is named with --data; "skein serve" and "skein run" make one.`,
      );
    }
    return connect(cli, new LocalServer(cli, data, over), over);
  }
  const token = cli.env["SKEIN_TOKEN"];
  if (!token)
    throw new UsageError(`SKEIN_URL is set to ${url}, but SKEIN_TOKEN is not. Set it to that server's token.`);
  return connect(cli, { own: false, find: async () => ({ url, token }), close: async () => {} }, over);
}

const at = (url: string, path: string): string => url.replace(/\/+$/, "") + path;

/** A WebSocket to wherever the server is at the time. */
function transportTo(server: Whereabouts): OpenTransport {
  return (events) => {
    let opened: Transport | null = null;
    let over = false;
    server.find().then(
      ({ url }) => {
        if (!over) opened = webSocketTransport(at(url.replace(/^http/, "ws"), "/v1/socket"))(events);
      },
      (error: unknown) => {
        if (!over) events.closed(1006, error instanceof Error ? error.message : String(error));
      },
    );
    return {
      send: (frame) => opened?.send(frame),
      close(code, reason) {
        over = true;
        opened?.close(code, reason);
      },
    };
  };
}

async function connect(cli: Cli, server: Whereabouts, over: AbortSignal): Promise<Reached> {
  const { url, token } = await server.find();
  const client = new SkeinClient({
    url,
    token,
    name: "skein-cli",
    version: VERSION,
    transport: transportTo(server),
    fetch: async (_, init) => fetch(at((await server.find()).url, "/v1/rpc"), init),
    onError: (error) => cli.screen.warn(`skein: ${String(error)}`),
  });
  let atOnce = false;
  const close = async (): Promise<void> => {
    await client.close();
    await server.close(atOnce);
  };
  const giveUp = (): void => void client.close();
  const late = setTimeout(giveUp, CONNECT_MS);
  over.addEventListener("abort", giveUp);
  let lastFault = "";
  const stopListening = client.onStatus((status) => {
    if (status.state === "waiting") lastFault = status.error.message;
    // A first connection that nobody takes is an answer; later ones are tried again.
    if (status.state === "waiting" && status.unopened > 2) void client.close();
  });
  try {
    over.throwIfAborted();
    client.connect();
    await client.ready();
    over.throwIfAborted();
  } catch (error) {
    if (over.aborted) atOnce = true;
    await close();
    over.throwIfAborted();
    if (lastFault === "") throw error;
    throw new UnreachableError(`Cannot reach the server at ${url}: ${lastFault}`, { cause: error });
  } finally {
    clearTimeout(late);
    over.removeEventListener("abort", giveUp);
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
  client.onProblem((problem) => cli.screen.note(problem ?? "The server accepts work again."));
  client.onStatus((status) => {
    if (status.state === "waiting" && status.attempt === 1) {
      cli.screen.note(`connection lost (${status.error.message}); trying again`);
    }
  });
  const blobText = async (blob: string): Promise<string> => {
    const { url, token } = await server.find();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(at(url, `/v1/blobs/${encodeURIComponent(blob)}`), { headers });
    if (!answer.ok) throw new Error(`the server answered ${answer.status} for ${blob}`);
    return answer.text();
  };
  return {
    client,
    blobText,
    get own() {
      return server.own;
    },
    leaveAtOnce: () => void (atOnce = true),
    close,
  };
}
