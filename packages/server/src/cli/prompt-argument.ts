import { UsageError } from "./exit-codes.ts";

/**
 * The prompt: the words given, or, for none or `-`, what comes in on stdin.
 * @throws UsageError when there is none.
 */
export async function readPrompt(words: readonly string[]): Promise<string> {
  const given = words.join(" ");
  const text = given === "" || given === "-" ? await readStdin() : given;
  if (text.trim() === "") throw new UsageError("There is no prompt. Give it as an argument, or on stdin.");
  return text;
}

async function readStdin(): Promise<string> {
  return process.stdin.isTTY ? "" : Bun.stdin.text();
}
