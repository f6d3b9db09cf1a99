import { DEFAULT_LIMITS, SkeinError, type SkeinClient } from "@skein/client";
import { UsageError } from "./exit-codes.ts";

/** What a request that brings a prompt has besides its text, in bytes: ids, names and braces. */
const AROUND_TEXT = 512;

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

/**
 * Looks whether the server would take a prompt, before a thread is made for it.
 * @throws SkeinError `too_large`
 */
export function checkPromptFits(text: string, client: SkeinClient): void {
  const limits = client.hello?.limits ?? DEFAULT_LIMITS;
  const refuse = (what: string, bytes: number, limit: number): never => {
    const remedy = "Shorten it, or put it into a file and name that in the prompt.";
    throw new SkeinError("too_large", `${what} ${bytes} bytes; the server takes ${limit}. ${remedy}`, {
      detail: { bytes, limit },
    });
  };
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.promptBytes) refuse("The prompt has", bytes, limits.promptBytes);
  // A control character has six bytes on the way.
  const sent = Buffer.byteLength(JSON.stringify(text)) + AROUND_TEXT;
  if (sent > limits.frameBytes) refuse("The prompt, as it is sent, has", sent, limits.frameBytes);
}

async function readStdin(): Promise<string> {
  return process.stdin.isTTY ? "" : Bun.stdin.text();
}
