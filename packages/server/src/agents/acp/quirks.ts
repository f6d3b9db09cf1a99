import type { Opened } from "../driver.ts";

/** What must be done differently for one kind of agent. */
export type Quirks = {
  /** Whether it is offered to read and write files through us. */
  offerFiles: boolean;
  /** Whether the end of its stdin tells it to end. */
  heedsInputEnd: boolean;
};

const USUAL: Quirks = { offerFiles: true, heedsInputEnd: true };

const KNOWN: readonly { program: RegExp; quirks: Quirks }[] = [
  // Gemini CLI takes our answer "no such file" for a failure of its own, and so cannot make new files.
  { program: /^gemini(-cli)?(\.m?js)?$/, quirks: { ...USUAL, offerFiles: false } },
  { program: /^claude-(agent|code)-acp(\.m?js)?$/, quirks: { ...USUAL, heedsInputEnd: false } },
];

/** The quirks of an agent, told by the names in its command line: also `node …/gemini.js` and `npx @google/gemini-cli`. */
export function quirksOf(command: string, args: readonly string[]): Quirks {
  const names = [command, ...args].map((word) => word.slice(word.lastIndexOf("/") + 1).replace(/@[^@]*$/, ""));
  return KNOWN.find(({ program }) => names.some((name) => program.test(name)))?.quirks ?? USUAL;
}

/**
 * Whether an agent is of no more use once it was cancelled. @zed-industries/claude-agent-acp 0.23, which has moved to
 * @agentclientprotocol/claude-agent-acp and is not at fault there (0.101), leaves Claude Code's word that it is
 * idle unread after a cancel, takes it for the end of the next prompt, which it answers at once and with nothing, and is
 * one prompt behind from then on. Started anew, it goes on with the conversation.
 */
export function isSpentByCancel(agent: Opened["agent"]): boolean {
  return /^@zed-industries\/claude-(agent|code)-acp$/.test(agent?.name ?? "");
}
