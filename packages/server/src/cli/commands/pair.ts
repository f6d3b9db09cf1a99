import { Command } from "commander";
import type { Cli } from "../context.ts";
import { dataDirectory, remoteUrl, runningServer } from "../data-directory.ts";
import { UnreachableError } from "../exit-codes.ts";
import { showForPhone } from "../phone-link.ts";
import { talksToServer, withServer } from "../reach.ts";

type Flags = { json?: boolean; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description(
      "Prints a link that signs one browser in to the running server. It holds once, for ten minutes unless set otherwise.",
    )
    .option("--json", 'print {"code","expiresAt","links"}')
    .addHelpText(
      "after",
      `
Examples:
  skein pair
  skein pair --json | jq -r '.links[0]'
`,
    )
    .action(async (flags: Flags) => {
      const base = await runningAt(cli, flags);
      await withServer(cli, flags, async ({ client }) => {
        const { code, expiresAt, addresses } = await client.query("token.pair");
        const links = [base, ...addresses].map((address) => `${address}/pair#${code}`);
        if (flags.json) cli.screen.json({ code, expiresAt, links });
        else {
          const [here, elsewhere] = links;
          cli.screen.out(`${here}\n`);
          if (elsewhere !== undefined) showForPhone(cli.screen, elsewhere);
        }
      });
    });
}

/** A code is known to the server that made it only: one that was started for it would take it along. */
async function runningAt(cli: Cli, flags: Flags): Promise<string> {
  const named = remoteUrl(cli.env, flags.data);
  if (named !== null) return named.replace(/\/+$/, "");
  const data = dataDirectory(cli.env, flags.data);
  const running = await runningServer(data);
  if (running) return running.url;
  throw new UnreachableError(
    `No server runs on ${data}. Start one with \`skein serve\`; it prints such a link itself.`,
  );
}
