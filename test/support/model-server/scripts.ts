/** What the scripted model does with a tool; each agent has its own name and shape for it, see `tools.ts`. */
export type Call =
  | { does: "write"; path: string; content: string }
  | { does: "edit"; path: string; before: string; after: string }
  | { does: "read"; path: string }
  | { does: "bash"; command: string }
  | { does: "plan"; steps: readonly string[]; done: number };

/** One answer of the model: what it thinks and says, and the tools it then wants used. */
export type Step = { think?: string; say: string; calls?: readonly Call[]; pauseMs?: number };

export const PLAN = ["Read the code", "Change the code", "Run the tests"] as const;
export const WRITTEN = "hello world\nsecond line ✓ 日本語 🧶\n";

/** Answers by name; `DEMO:<name>` in a prompt chooses one. Files are in the directory given. */
const SCRIPTS: Readonly<Record<string, (directory: string) => Step[]>> = {
  hello: () => [{ say: "Hello from the scripted model. Ünïcödé ✓ 日本語 🧶" }],
  think: () => [
    {
      think: "First I weigh the ways, then I take the simplest.",
      say: "The **answer** is `42`:\n\n```ts\nconst answer = 42;\n```\n",
    },
  ],
  write: (directory) => [
    { say: "I write the file.", calls: [{ does: "write", path: `${directory}/hello.txt`, content: WRITTEN }] },
    { say: "It is written." },
  ],
  edit: (directory) => [
    { say: "First I read it.", calls: [{ does: "read", path: `${directory}/edit-me.txt` }] },
    {
      say: "Now I change it.",
      calls: [{ does: "edit", path: `${directory}/edit-me.txt`, before: "beta", after: "BETA" }],
    },
    { say: "It is changed." },
  ],
  bash: () => [
    { say: "I list the directory.", calls: [{ does: "bash", command: "ls -1 . && echo listed" }] },
    { say: "There it is." },
  ],
  fail: () => [
    { say: "This will fail.", calls: [{ does: "bash", command: "echo before; exit 3" }] },
    { say: "It failed, as it should." },
  ],
  plan: () => [
    { say: "I make a plan.", calls: [{ does: "plan", steps: PLAN, done: 0 }] },
    { say: "Two are done.", calls: [{ does: "plan", steps: PLAN, done: 2 }] },
    { say: "That is the plan." },
  ],
  multi: (directory) => [
    {
      say: "Two at once.",
      calls: [
        { does: "bash", command: "echo one" },
        { does: "read", path: `${directory}/edit-me.txt` },
      ],
    },
    { say: "Both are done." },
  ],
  slow: () => [
    { say: Array.from({ length: 100 }, (_, line) => `Line ${line + 1} of a slow answer.\n`).join(""), pauseMs: 50 },
  ],
};

/** How the agent at hand spells a call, as one tool use or several. */
type Spelling<Use> = (call: Call) => readonly Use[];

/** A prompt the model was given, and how many tool results came after it. */
export type Prompt = { text: string; results: number };

/** All that a script says until its end, which is what an agent should have said. */
export function saidBy(name: string): string {
  return (SCRIPTS[name]?.("") ?? []).map(({ say }) => say).join("");
}

/**
 * The answer to a conversation: the last prompt that names a script chooses it, the tool results since then tell how far
 * it is. A pure function of the request, so that an agent that repeats one gets the same again.
 */
export function answerTo<Use>(
  prompts: readonly Prompt[],
  directory: string,
  spell: Spelling<Use>,
): { step: Step; uses: readonly Use[] } {
  for (const { text, results } of prompts.toReversed()) {
    const name = [...text.matchAll(/DEMO:(\w+)/g)].at(-1)?.[1];
    const script = name === undefined ? undefined : SCRIPTS[name];
    if (script) return stepAt(script(directory), results, spell);
  }
  return { step: { say: "A scripted model: DEMO:<name> in the prompt chooses what it does." }, uses: [] };
}

function stepAt<Use>(
  steps: readonly Step[],
  results: number,
  spell: Spelling<Use>,
): { step: Step; uses: readonly Use[] } {
  let left = results;
  for (const step of steps) {
    const uses = (step.calls ?? []).flatMap(spell);
    if (uses.length === 0 || left < uses.length) return { step, uses };
    left -= uses.length;
  }
  return { step: { say: "The script is at its end." }, uses: [] };
}
