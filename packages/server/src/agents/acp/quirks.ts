/** What must be done differently for one kind of agent. */
export type Quirks = {
  /** Whether it is offered to read and write files through us. */
  offerFiles: boolean;
};

const USUAL: Quirks = { offerFiles: true };

const KNOWN: readonly { program: RegExp; quirks: Quirks }[] = [
  // Gemini CLI takes our answer "no such file" for a failure of its own, and so cannot make new files.
  { program: /^gemini(-cli)?(\.m?js)?$/, quirks: { offerFiles: false } },
];

/** The quirks of an agent, told by the names in its command line: also `node …/gemini.js` and `npx @google/gemini-cli`. */
export function quirksOf(command: string, args: readonly string[]): Quirks {
  const names = [command, ...args].map((word) => word.slice(word.lastIndexOf("/") + 1).replace(/@[^@]*$/, ""));
  return KNOWN.find(({ program }) => names.some((name) => program.test(name)))?.quirks ?? USUAL;
}
