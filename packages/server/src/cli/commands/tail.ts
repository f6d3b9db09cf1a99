import { Command } from "commander";
import type { Cli } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { onInterrupt } from "../interrupts.ts";
import { jsonReader, Printer } from "../printer.ts";
import { talksToServer, withServer } from "../reach.ts";
import { Reading } from "../reading.ts";
import { threadId, topicOf, wholeNumber } from "../thread-argument.ts";

type Flags = { after?: number; items: number; json?: boolean; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command(), 0)
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

With --after, what came since may arrive merged into one commit, with the same
effect. After a position that the log does not have (any more), or that too
much came after, the whole thread is printed: with --json as one commit whose
"after" is null, which replaces all that came before it. Such a commit also
follows a long loss of the connection. Ends with 130 at Ctrl-C, with 1 when
something is missing from what was printed.
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
        const reader = flags.json
          ? jsonReader(screen)
          : new Printer({
              text: (text) => screen.out(text),
              endLine: () => screen.endLine(),
              line: (line) => screen.out(`${line}\n`),
            });
        // What came since a position cannot be told from a snapshot: then all of the thread is loaded.
        const reading = new Reading(watch, reader, screen, () => flags.after === undefined);
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
          screen.endLine();
        }
        return reading.incomplete ? EXIT.failed : EXIT.interrupted;
      });
    });
}
