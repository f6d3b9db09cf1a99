import type { RealAgent } from "./agents.ts";

export type Outcome = {
  agent: RealAgent;
  scenario: string;
  what: string;
  seconds: number;
  fault: string | null;
  notes: string[];
};

/** The outcomes as a table for people. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ agent, scenario, what, seconds, fault, notes }) => {
    const remarks = [...(fault === null ? [] : [fault.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")]), ...notes].join(
      "; ",
    );
    return `| ${agent.name} | ${scenario} | ${what} | ${fault === null ? "ok" : "**failed**"} | ${seconds.toFixed(1)} s | ${remarks} |`;
  });
  return [
    "| agent | scenario | what | result | took | remarks |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** The page that stands in docs/. */
export function pageOf(
  outcomes: readonly Outcome[],
  facts: { date: string; runtime: string; machine: string },
): string {
  const agents = [...new Set(outcomes.map(({ agent }) => agent))];
  return `# Skein with real agents

Written by \`bun scripts/real-agents.ts\`, which installs the agents below into \`.cache/\`, leads them to a scripted model
(\`test/support/model-server.ts\`), starts a server, and drives every scenario through the \`skein\` command line. What is checked:
exit codes, files on disk, and the exported thread: its turns, tool calls and plans, and that the answer is what the model said,
UTF-16 unit for unit.

${facts.date}, ${facts.runtime}, ${facts.machine}

${agents.map((agent) => `- **${agent.name}**: ${agent.package} ${agent.version}`).join("\n")}

${tableOf(outcomes)}
## What had to be dealt with

- **@zed-industries/claude-agent-acp** 0.23, as it was called before it moved, answers the prompt after a cancelled one at once
  and with nothing, and is one prompt behind from then on: it leaves Claude Code's word that it is idle unread. Skein ends it
  after a cancel and starts it anew at the next prompt, with its memory (\`isSpentByCancel\` in
  \`packages/server/src/agents/acp/quirks.ts\`). **@agentclientprotocol/claude-agent-acp** does not, and is kept. The old one ignores the
  end of its stdin: Skein does not wait on that, and a server that was killed finds its processes at its next start and ends them
  (\`agents/leftovers.ts\`, Linux).
- **gemini-cli** sends nothing of what a command printed, unless \`tools.shell.enableInteractiveShell\` is \`false\` in its settings, as it
  is here. Its plans are not told over ACP. A conversation that is loaded in the same minute in which it began is lost to
  it ("No previous sessions found"): its file's name has the minute, and loading writes a new beginning into the file of that
  name. Skein then gives it a new conversation and says so in the thread. It offers no files of ours to write to.
`;
}
