import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_LIMITS, SkeinError, type SkeinClient } from "@skein/client";
import { UsageError } from "./exit-codes.ts";
import type { Screen } from "./screen.ts";

/** What a request that brings a prompt has besides its text, in bytes: ids, names and braces. */
const AROUND_TEXT = 512;

/** More on stdin is no prompt, whatever the server's limit is. */
const MOST_BYTES = 32 * 1024 * 1024;
/**
 * Beside a prompt in words, the first input comes within this: whoever starts programs often leaves their stdin open, and
 * never writes.
 */
const INPUT_WITHIN_MS = 3_000;

/**
 * The prompt: the words given and, below them, what comes in on stdin. For no words, or with a word `-`, stdin is waited
 * for however long that takes.
 * @throws UsageError when there is none, and for input that is no text or too large for any server.
 */
export async function readPrompt(words: readonly string[], screen: Screen): Promise<string> {
  const given = words.filter((word) => word !== "-").join(" ");
  const waits = given.trim() === "" || words.includes("-");
  const input = process.stdin.isTTY ? "" : await readStdin(waits ? null : screen);
  const text = given.trim() === "" ? input : [given, input].filter((part) => part.trim() !== "").join("\n\n");
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

/** @param impatient Where to say that nothing came in time, when input is not waited for. */
async function readStdin(impatient: Screen | null): Promise<string> {
  const reader = Bun.stdin.stream().getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let next = reader.read();
  if (impatient !== null) {
    const late = await Promise.race([next.then(() => false), sleep(INPUT_WITHIN_MS, true, { ref: false })]);
    if (late) {
      const hint = 'To wait for slow input, end with "-"; for none: < /dev/null';
      impatient.warn(`Nothing came on stdin within ${INPUT_WITHIN_MS / 1000} s: going on without it. ${hint}`);
      next.catch(() => {});
      return "";
    }
  }
  for (;;) {
    const { done, value } = await next;
    if (done) return decode(Buffer.concat(chunks));
    chunks.push(value);
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      const most = MOST_BYTES / 1024 / 1024;
      throw new UsageError(
        `The input on stdin has more than ${most} MiB. Put it into a file and name that in the prompt.`,
      );
    }
    next = reader.read();
  }
}

/** @throws UsageError for what is no text. */
function decode(bytes: Uint8Array): string {
  const refusal = "The input on stdin is binary, not text. Put it into a file and name that in the prompt.";
  if (bytes.includes(0)) throw new UsageError(refusal);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(refusal, { cause: error });
  }
}
