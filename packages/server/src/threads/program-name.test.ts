import { expect, test } from "bun:test";
import { programName } from "./program-name.ts";

test.each([
  ["opencode acp", "opencode"],
  ["/usr/bin/gemini --acp", "gemini"],
  ["npx opencode-ai acp", "opencode-ai"],
  ["npx -y @agentclientprotocol/claude-agent-acp@0.101.0", "claude-agent-acp"],
  ["/opt/node/bin/npx --yes --package @x/y@1 tool --acp", "tool"],
  ["npx -- pi-acp", "pi-acp"],
  ["npm exec -y -- pi-acp", "pi-acp"],
  ["npm start", "npm"],
  ["bun x pi-acp", "pi-acp"],
  ["bunx github:ada/agent#main", "agent"],
  ["bun agent.ts", "bun"],
  ["pnpm dlx pi-acp@latest", "pi-acp"],
  ["uvx --from kimi-cli kimi --acp", "kimi"],
  ["npx", "npx"],
  ["npx ..", ".."],
])("a program is called after itself, or the package that is run: %p is %p", (line, name) => {
  const [command = "", ...args] = line.split(" ");
  expect(programName({ command, args })).toBe(name);
});
