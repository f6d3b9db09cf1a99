import { Command } from "commander";
import { VERSION } from "../../version.ts";
import { runDemoAgent } from "../../demo-agent/demo-agent.ts";
import type { Cli } from "../context.ts";

export function command(cli: Cli): Command {
  return new Command()
    .description("Is the demo agent: speaks ACP on its stdio, answers from a script, needs no account.")
    .addHelpText(
      "after",
      `
Examples:
  skein run --agent demo "tour"               the usual way
  skein run --exec "skein demo-agent" tour    the same, as any ACP agent is started
`,
    )
    .action(async () => {
      await runDemoAgent(cli.env, VERSION);
    });
}
