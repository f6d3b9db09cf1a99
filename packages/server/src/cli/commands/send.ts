import { Command } from "commander";
import type { Policy } from "../choose.ts";
import type { Cli } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonReader, Printer } from "../printer.ts";
import { checkPromptFits, readPrompt } from "../prompt-argument.ts";
import { talksToServer, withServer } from "../reach.ts";
import { Reading } from "../reading.ts";
import { policy, threadId, topicOf } from "../thread-argument.ts";
import { answerSink, followTurn } from "../turn.ts";

type Flags = { now?: boolean; wait?: boolean; answer?: Policy; json?: boolean; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Sends a prompt to a thread. It is queued behind what runs there.")
    .argument("<thread>", "the thread's id", threadId)
    .argument("[prompt...]", "what to ask; what comes on stdin is added below it")
    .option("--now", "stop what runs, and be the next")
    .option("--wait", "stream the answer and end with the turn, as run does")
    .option("--answer <policy>", "with --wait, what the agent asks: allow, reject or ask", policy)
    .option("--json", "print {turn} as JSON; with --wait, print what run --json does")
    .addHelpText(
      "after",
      `
Examples:
  skein send a1B2c3D4e5F6g7H8 "and now the tests"
  git diff | skein send a1B2c3D4e5F6g7H8 "review this"
  skein send a1B2c3D4e5F6g7H8 --now --wait "stop, do this instead"

Where no server runs, one is started for the turn, so it waits for its end.
`,
    )
    .action(async (thread: string, words: string[], flags: Flags) => {
      const text = await readPrompt(words, cli.screen);
      cli.exitCode = await withServer(cli, flags, async (reached) => {
        const { client, own } = reached;
        checkPromptFits(text, client);
        const json = flags.json === true;
        const { turn } = await client.command("thread.prompt", { thread, text, when: flags.now ? "now" : "queue" });
        if (flags.wait !== true && !own) {
          if (json) cli.screen.json({ turn: { id: turn } });
          else cli.screen.out(`${turn}\n`);
          return EXIT.ok;
        }
        if (flags.wait !== true) cli.screen.note("no server runs; waiting for the end of the turn");
        if (json) cli.screen.json({ thread });
        const watch = client.watch(topicOf(thread));
        const reader = json
          ? jsonReader(cli.screen)
          : new Printer(
              answerSink(cli.screen),
              (kind, id, value) => (kind === "turn" ? id : value["turn"]) === turn && value["role"] !== "user",
            );
        const reading = new Reading(watch, reader, cli.screen, (replica) => replica.get("turn", turn) !== undefined);
        await watch.ready();
        return followTurn({ cli, reached, watch, reading, thread, turn, policy: flags.answer, json });
      });
    });
}
