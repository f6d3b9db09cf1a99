import { Command } from "commander";
import type { Cli } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { onInterrupt } from "../interrupts.ts";
import { printAll, Printer } from "../printer.ts";
import { talksToServer, withServer } from "../reach.ts";
import { threadId, topicOf, wholeNumber } from "../thread-argument.ts";

type Flags = { after?: number; items: number; json?: boolean; data?: string };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Follows a thread: its newest items, then whatever comes, until Ctrl-C.")
    .argument("<thread>", "the thread's id", threadId)
    .option("--after <seq>", "go on from this position of the log instead", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option("--items <number>", "how many items to begin with", wholeNumber(1, 1_000), 20)
    .option("--json", "print every commit, one JSON object a line")
    .addHelpText(
      "after",
      `
Examples:
  skein tail a1B2c3D4e5F6g7H8
  skein tail a1B2c3D4e5F6g7H8 --after 120 --json

With --after, what came since may arrive merged into one commit, with the same effect. A position the log does not
have (any more) is answered with a commit whose "after" is null: it replaces all that came before it.
`,
    )
    .action(async (thread: string, flags: Flags) => {
      cli.exitCode = await withServer(cli, flags, async ({ client }) => {
        const { screen } = cli;
        const { epoch } = (await client.ready()).server;
        const watch = client.watch(
          topicOf(thread),
          flags.after === undefined ? { window: flags.items } : { after: { epoch, seq: flags.after } },
        );
        const printer = new Printer({
          text: (text) => screen.out(text),
          endLine: () => screen.endLine(),
          line: (line) => screen.out(`${line}\n`),
        });
        if (flags.json) watch.onChange((commit) => screen.json(commit));
        else printAll(watch, printer);
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        watch.onStatus(() => {
          if (watch.error) reject(watch.error);
        });
        client.onStatus((status) => {
          if (status.state === "stopped") watch.ready().catch(reject);
        });
        const stopListening = onInterrupt(
          () => resolve(),
          () => resolve(),
        );
        try {
          await promise;
        } finally {
          stopListening();
        }
        return EXIT.interrupted;
      });
    });
}
