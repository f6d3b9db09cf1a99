import { Command } from "commander";
import type { Cli } from "../context.ts";
import { talksToServer, withServer } from "../reach.ts";
import { threadId } from "../thread-argument.ts";

type Flags = { json?: boolean; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Stops the turn that runs in a thread. Harmless when none does.")
    .argument("<thread>", "the thread's id", threadId)
    .option("--json", "print the server's answer: {topic, seq, turn}, turn null when none ran")
    .addHelpText("after", "\nExample:\n  skein cancel a1B2c3D4e5F6g7H8\n")
    .action(async (thread: string, flags: Flags) => {
      await withServer(cli, flags, async ({ client }) => {
        const answer = await client.command("thread.cancel", { thread });
        if (flags.json) cli.screen.json(answer);
        else cli.screen.note(answer.turn === null ? "nothing was running" : `turn ${answer.turn} is being stopped`);
      });
    });
}
