/** What is being typed that can be completed: `/com` at the start of the prompt, or `@pa` anywhere after a space. */
export type Trigger = {
  readonly kind: "command" | "file";
  readonly text: string;
  readonly from: number;
  readonly to: number;
};

/** Finds it at the caret; `null` when there is nothing to complete. */
export function triggerAt(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/.exec(before);
  if (command) return { kind: "command", text: command[1] ?? "", from: 0, to: caret };
  const file = /(?:^|\s)@([^\s@]*)$/.exec(before);
  if (!file) return null;
  const name = file[1] ?? "";
  return { kind: "file", text: name, from: caret - name.length - 1, to: caret };
}

/** The files named in a prompt as `@path`. */
export const mentions = (text: string): string[] => [
  ...new Set([...text.matchAll(/(?:^|\s)@(\S+)/g)].map((match) => (match[1] ?? "").replace(/[.,;:!?)\]}]+$/, ""))),
];
