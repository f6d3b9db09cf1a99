import { Command, Option } from "commander";
import type { Cli } from "../context.ts";
import { exported } from "../exported.ts";
import { toMarkdown } from "../markdown.ts";
import { talksToServer, withServer } from "../reach.ts";
import { loadOlder } from "../reading.ts";
import { threadId, topicOf } from "../thread-argument.ts";

type Flags = { format: "json" | "md"; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Prints a whole thread, as the server has it.")
    .argument("<thread>", "the thread's id", threadId)
    .addOption(
      new Option("--format <format>", "json: everything; md: to be read").choices(["json", "md"]).default("md"),
    )
    .addHelpText(
      "after",
      `
Examples:
  skein export a1B2c3D4e5F6g7H8 > thread.md
  skein export a1B2c3D4e5F6g7H8 --format json | jq -r '.items[] | select(.kind == "message") | .text'

The JSON is {"thread":{…},"epoch":"…","seq":n,"items":[{"kind","id","pos",…}]},
all at position seq, in timeline order. A tool call's own kind is in
"toolKind".
`,
    )
    .action(async (thread: string, flags: Flags) => {
      await withServer(cli, flags, async ({ client, blobText }) => {
        const watch = client.watch(topicOf(thread), { window: 1_000 });
        await watch.ready();
        while (await loadOlder(watch));
        const whole = exported(thread, watch.replica);
        if (flags.format === "json") cli.screen.json(whole);
        else cli.screen.out(await toMarkdown(whole, blobText));
      });
    });
}
