import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Cli, RunningServer, ServeOptions } from "../context.ts";
import { dataDirectory, runningServer } from "../data-directory.ts";
import { EXIT, UnreachableError } from "../exit-codes.ts";
import { onInterrupt } from "../interrupts.ts";
import { ownCommand } from "../own-command.ts";
import { showForPhone } from "../phone-link.ts";
import { span } from "../text.ts";

type Flags = {
  host: string;
  port: number;
  data?: string;
  durability: "normal" | "full";
  allowHost?: string[];
  allowOrigin?: string[];
  allowPlainHttp?: boolean;
  json?: boolean;
};

export function command(cli: Cli): Command {
  return new Command()
    .description("Starts the server. It runs until Ctrl-C or SIGTERM; clients reconnect when it is back.")
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--port <number>", "the port; 0 takes any free one", port, 9099)
    .option("--data <dir>", "the data directory (see: skein help environment)")
    .addOption(
      new Option("--durability <level>", "full: every commit survives a power cut, at the cost of some speed")
        .choices(["normal", "full"])
        .default("normal"),
    )
    .option("--allow-host <name>", "a further host name to answer to; may be given several times", gather)
    .option(
      "--allow-origin <origin>",
      "an origin of another site whose pages may use the server with a token; may be given several times",
      gatherOrigins,
    )
    .option("--allow-plain-http", "listen for other machines too, though tokens can then be read on the way")
    .option("--json", 'print {"event":"ready","url","token","pid","pair"} when ready')
    .addHelpText(
      "after",
      `
Examples:
  skein serve
  skein serve --port 0 --data ./data --json

The first line on stdout comes when the server is ready. Whoever has the token
may do all that you may do; it stands in the file "token" of the data
directory. Bounds and times can be set there too: skein help settings
`,
    )
    .action(async (flags: Flags) => {
      const data = dataDirectory(cli.env, flags.data);
      const { promise: asked, resolve: stop } = Promise.withResolvers<void>();
      onInterrupt(
        () => stop(),
        () => process.exit(EXIT.interrupted),
      );
      const server = await start(cli, {
        host: flags.host,
        port: flags.port,
        data,
        durability: flags.durability,
        allowPlainHttp: flags.allowPlainHttp === true,
        allowHosts: flags.allowHost ?? [],
        allowOrigins: flags.allowOrigin ?? [],
      });
      announce(cli, server, data, flags.json === true);
      const failure = await Promise.race([asked, server.failed]);
      if (failure === undefined) return server.stop();
      // What cannot be written any more at the end comes of the same.
      await Promise.allSettled([server.stop()]);
      throw new UnreachableError(`The server had to stop: ${failure.message}`, { cause: failure });
    });
}

async function start(cli: Cli, options: ServeOptions): Promise<RunningServer> {
  const running = await runningServer(options.data);
  if (running) {
    throw new UnreachableError(
      `A server already runs on ${options.data}: ${running.url}, process ${running.pid}. Use it, or another --data.`,
    );
  }
  try {
    return await cli.startServer(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreachableError(`The server could not start: ${why}`, { cause: error });
  }
}

function announce({ env, screen }: Cli, server: RunningServer, data: string, json: boolean): void {
  const { url, token } = server;
  const [elsewhere] = server.addresses;
  // What is shown here is copied into another shell.
  const skein = ownCommand(env);
  if (json) {
    screen.json({ event: "ready", url, token, pid: process.pid, pair: server.pairingLink(url) });
    return;
  }
  screen.out(`Skein is ready at ${url}\nOpen ${server.pairingLink(url)}\n`);
  screen.note(`       signs one browser in, within ${span(server.pairingMs)}; \`${skein} pair\` makes another`);
  if (elsewhere !== undefined) showForPhone(screen, server.pairingLink(elsewhere));
  screen.note(`data   ${data}`);
  screen.note(`token  in ${join(data, "token")}`);
  screen.note(`try    ${skein} run --agent demo "hello"`);
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError("Expected a number from 0 to 65535.");
}

function gatherOrigins(value: string, before: string[] = []): string[] {
  const origin = URL.canParse(value) ? new URL(value) : null;
  const isOrigin = origin !== null && /^https?:$/.test(origin.protocol) && `${origin.origin}/` === origin.href;
  if (!isOrigin) throw new InvalidArgumentError("Expected an origin, as http://localhost:5173 or https://app.example.");
  return [...before, origin.origin];
}

const gather = (value: string, before: string[] = []): string[] => [...before, value.toLowerCase()];
