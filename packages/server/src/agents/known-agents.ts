/** How one agent is started and what it is called. */
export type AgentRecipe = {
  title: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** What it wants before it can work, in words. */
  needs?: string;
};

/** The agents everybody may have, by name; all speak ACP version 1 on their stdio. The demo agent is not among them. */
export const KNOWN_AGENTS: Readonly<Record<string, AgentRecipe>> = {
  claude: {
    title: "Claude Code",
    command: "claude-agent-acp",
    args: [],
    needs: "npm install -g @agentclientprotocol/claude-agent-acp, and Claude Code's login or ANTHROPIC_API_KEY",
  },
  codex: {
    title: "Codex",
    command: "codex-acp",
    args: [],
    needs: "npm install -g @agentclientprotocol/codex-acp, and Codex's login or OPENAI_API_KEY",
  },
  gemini: {
    title: "Gemini CLI",
    command: "gemini",
    args: ["--acp"],
    needs: "npm install -g @google/gemini-cli, and its login or GEMINI_API_KEY",
  },
  goose: {
    title: "Goose",
    command: "goose",
    args: ["acp"],
    needs: "Goose, set up with `goose configure`",
  },
  opencode: {
    title: "OpenCode",
    command: "opencode",
    args: ["acp"],
    needs: "npm install -g opencode-ai, and a provider (`opencode auth login`)",
  },
  pi: {
    title: "Pi",
    command: "pi-acp",
    args: [],
    needs: "npm install -g pi-acp, and Pi with a provider",
  },
  qwen: {
    title: "Qwen Code",
    command: "qwen",
    args: ["--acp"],
    needs: "npm install -g @qwen-code/qwen-code, and its login or an API key",
  },
};
