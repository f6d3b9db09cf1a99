import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** A real agent: where it comes from, and how it is led to the scripted model instead of its maker's. */
export type RealAgent = {
  name: string;
  package: string;
  version: string;
  /** The program in `node_modules/.bin`. */
  program: string;
  args: readonly string[];
  env(home: string, modelUrl: string): Record<string, string>;
  /** Puts what it wants to find into its home directory. */
  prepare(home: string): Promise<void>;
  /** Whether it tells its plan by ACP; one that does not shows a tool call at most. */
  tellsPlans: boolean;
  /** Whether it can go on with a conversation only in another minute than it began in. */
  resumesNextMinute: boolean;
};

const GEMINI_SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  model: { name: "gemini-2.5-flash" },
  // With its interactive shell it sends nothing of what a command printed over ACP.
  tools: { useRipgrep: false, shell: { enableInteractiveShell: false } },
};

const CLAUDE: Omit<RealAgent, "name" | "package" | "version"> = {
  program: "claude-agent-acp",
  args: [],
  env: (home, modelUrl) => ({
    HOME: home,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: "scripted",
    ANTHROPIC_MODEL: "claude-sonnet-4-5",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_AUTOUPDATER: "1",
    IS_SANDBOX: "1",
    ENABLE_TOOL_SEARCH: "false",
  }),
  prepare: async (home) => {
    await mkdir(home, { recursive: true });
  },
  tellsPlans: true,
  resumesNextMinute: false,
};

export const REAL_AGENTS: readonly RealAgent[] = [
  { ...CLAUDE, name: "claude", package: "@agentclientprotocol/claude-agent-acp", version: "0.101.0" },
  // As it was called before it moved; many still have it.
  { ...CLAUDE, name: "claude-zed", package: "@zed-industries/claude-agent-acp", version: "0.23.1" },
  {
    name: "gemini",
    package: "@google/gemini-cli",
    version: "0.61.0",
    program: "gemini",
    args: ["--acp"],
    env: (home, modelUrl) => ({
      HOME: home,
      GEMINI_API_KEY: "scripted",
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      GEMINI_CLI_NO_RELAUNCH: "true",
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    }),
    prepare: async (home) => {
      await Bun.write(join(home, ".gemini", "settings.json"), JSON.stringify(GEMINI_SETTINGS));
    },
    tellsPlans: false,
    resumesNextMinute: true,
  },
];
