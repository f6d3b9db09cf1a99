import type { CallParams, SkeinClient } from "@skein/client";
import { Command, Option } from "commander";
import { programName } from "../../threads/program-name.ts";
import { absolutePath } from "../absolute-path.ts";
import type { Policy } from "../choose.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { jsonReader, Printer } from "../printer.ts";
import { checkPromptFits, readPrompt } from "../prompt-argument.ts";
import { talksToServer, withServer } from "../reach.ts";
import { Reading } from "../reading.ts";
import { splitCommand } from "../text.ts";
import { policy, topicOf } from "../thread-argument.ts";
import { answerSink, followTurn } from "../turn.ts";

type Flags = {
  agent?: string;
  exec?: string;
  cwd?: string;
  title?: string;
  answer?: Policy;
  json?: boolean;
  data?: string;
  timeout?: number;
};

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description(
      "Starts a thread with a prompt and streams the agent's answer to stdout. Ends when the turn has ended.",
    )
    .argument("[prompt...]", "what to ask; what comes on stdin is added below it")
    .addOption(new Option("--agent <name>", 'a known agent (see: "skein agents")').env("SKEIN_AGENT"))
    .addOption(new Option("--exec <command>", "the command line of any agent that speaks ACP on its stdio"))
    .option("--cwd <dir>", "the directory to work in; this one when absent")
    .option("--title <text>", "what to call the thread")
    .option(
      "--answer <policy>",
      "what the agent asks: allow, reject or ask; on a terminal you are asked, else it is rejected",
      policy,
    )
    .option("--json", "print {thread}, then every commit, then {turn}, one JSON object a line")
    .addHelpText(
      "after",
      `
Examples:
  skein run --agent demo "hello"
  skein run --agent claude --cwd ~/project --answer allow "make the tests pass"
  git diff | skein run --agent gemini "review this"
  skein run --exec "my-agent --acp" --json "hello"

Uses the running server, or one of its own for as long as it takes; other
commands may use that too, and it stays until they are done. Ctrl-C cancels the
turn. Beside a prompt, input is waited for 3 s; end the prompt with - to wait
longer. Exits 0 when the agent ended the turn by itself (see: skein help
exit-codes).
`,
    )
    .action(async (words: string[], flags: Flags, self: Command) => {
      if (flags.exec !== undefined && self.getOptionValueSource("agent") === "cli")
        throw new UsageError("--agent and --exec both say which agent: give one of them.");
      const exec = flags.exec === undefined ? undefined : readExec(flags.exec);
      const cwd = absolutePath(flags.cwd ?? ".", "--cwd");
      const text = await readPrompt(words, cli.screen);
      cli.exitCode = await withServer(cli, { ...flags, begins: true }, async (reached) => {
        const { client } = reached;
        checkPromptFits(text, client);
        // A command line given is more to the point than an agent named in the environment.
        const choice = exec ? { exec } : { agent: flags.agent ?? (await bestAgent(cli, client)) };
        const params: CallParams<"thread.create"> = { ...choice, cwd };
        if (flags.title !== undefined) params.title = flags.title;
        const { thread } = await client.command("thread.create", params);
        if (flags.json) cli.screen.json({ thread });
        else cli.screen.note(`[thread] ${thread}: ${params.agent ?? programName(params.exec)} in ${cwd}`);
        const watch = client.watch(topicOf(thread));
        const reader = flags.json
          ? jsonReader(cli.screen)
          : new Printer(answerSink(cli.screen), (_kind, _id, value) => value["role"] !== "user");
        const reading = new Reading(watch, reader, cli.screen);
        await watch.ready();
        const { turn } = await client.command("thread.prompt", { thread, text });
        return followTurn({
          cli,
          reached,
          watch,
          reading,
          thread,
          turn,
          policy: flags.answer,
          json: flags.json === true,
        });
      });
    });
}

function readExec(line: string): { command: string; args: string[] } {
  const [command, ...args] = splitCommand(line) ?? [];
  if (command === undefined)
    throw new UsageError(`--exec ${JSON.stringify(line)} is no command line: a quote is left open, or it is empty.`);
  return { command, args };
}

/** The first agent that is installed, the demo agent if there is no other. */
async function bestAgent(cli: Cli, client: SkeinClient): Promise<string> {
  const { agents } = await client.query("agents.list");
  const found = agents.filter((agent) => agent.found).map(({ name }) => name);
  const agent = found.find((name) => name !== "demo") ?? "demo";
  cli.screen.note(`no agent named: using ${agent} (--agent chooses another of: ${found.join(", ")})`);
  return agent;
}
