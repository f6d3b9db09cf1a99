import { Command } from "commander";
import type { Cli } from "../context.ts";
import { talksToServer, withServer } from "../reach.ts";
import { ago, oneLine, table } from "../text.ts";
import { wholeNumber } from "../thread-argument.ts";

type Flags = { archived?: boolean; limit: number; json?: boolean; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Lists threads, most recently changed first.")
    .option("--archived", "also those that were archived")
    .option("--limit <number>", "how many at most", wholeNumber(1, 1_000), 100)
    .option("--json", "print them as a JSON array")
    .addHelpText(
      "after",
      `
Examples:
  skein threads
  skein threads --json | jq -r '.[] | select(.status == "running") | .thread'

Each thread in the JSON has "thread", "title", "agent", "cwd", "status",
"preview", "by", "createdAt", "updatedAt" (milliseconds since 1970) and
"waiting", which counts what its agent asks. Once there is such a thing, also
"outcome", how its last turn ended, "plan" {"done","of"} and "usage".
`,
    )
    .action(async (flags: Flags) => {
      await withServer(cli, flags, async ({ client }) => {
        const { threads } = await client.query("threads.list", {
          archived: flags.archived === true,
          limit: flags.limit,
        });
        if (flags.json) cli.screen.json(threads);
        else if (threads.length === 0)
          cli.screen.note('There is no thread yet. Start one: skein run --agent demo "hello"');
        else {
          const rows = threads.map((card) => [
            card.thread,
            card.status === "idle" && card["outcome"] === "failed" ? "failed" : card.status,
            ago(card.updatedAt, Date.now()),
            oneLine(typeof card["agent"] === "string" ? card["agent"] : "", 20),
            oneLine(card.title),
          ]);
          cli.screen.out(table([["THREAD", "STATUS", "CHANGED", "AGENT", "TITLE"], ...rows]));
        }
      });
    });
}
