import type { Result } from "@skein/client";
import { Command } from "commander";
import type { Cli } from "../context.ts";
import { dataDirectory, remoteUrl, runningServer } from "../data-directory.ts";
import { localAgents } from "../local-agents.ts";
import { talksToServer, withServer } from "../reach.ts";
import { oneLine, table } from "../text.ts";

type Flags = { json?: boolean; data?: string; timeout?: number };

export function command(cli: Cli): Command {
  return talksToServer(new Command())
    .description("Lists the agents the server knows, or would know if it ran, and whether they are installed.")
    .option("--json", "print them as a JSON array")
    .addHelpText(
      "after",
      `
Examples:
  skein agents
  skein agents --json | jq -r '.[] | select(.found) | .name'

Each agent in the JSON is {"name","title","command","found"}, with "needs"
where it wants something first, "version" where it told that, and "offers", its
modes, options and commands, once it was started.
`,
    )
    .action(async (flags: Flags) => {
      const agents = await agentsKnown(cli, flags);
      if (flags.json) {
        cli.screen.json(agents);
        return;
      }
      const text = (value: unknown): string => oneLine(typeof value === "string" ? value : "", 80);
      const rows = agents.map((agent) => [
        agent.name,
        agent.found ? "yes" : "no",
        text(agent["version"]),
        text(agent["title"]),
        oneLine(typeof agent["needs"] === "string" ? agent["needs"] : "", 200),
      ]);
      cli.screen.out(table([["AGENT", "FOUND", "VERSION", "WHAT", "NEEDS"], ...rows]));
    });
}

/** Those a server knows; without one, those it would know. */
async function agentsKnown(cli: Cli, flags: Flags): Promise<Result<"agents.list">["agents"]> {
  const data = dataDirectory(cli.env, flags.data);
  if (remoteUrl(cli.env, flags.data) === null && (await runningServer(data)) === null) return localAgents(data);
  return withServer(cli, flags, async ({ client }) => (await client.query("agents.list")).agents);
}
