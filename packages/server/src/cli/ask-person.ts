import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Screen } from "./screen.ts";

/** Keys pressed before the question was to be seen are no answer to it; the terminal hands them over within this. */
const EARLY_MS = 100;

/**
 * Asks for one of several keys; resolves with the one pressed. Ctrl-C is passed on as SIGINT.
 * @throws the signal's reason once somebody else has answered.
 */
export async function askKey(
  screen: Screen,
  question: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { stdin } = process;
  let isAsked = false;
  const take = (bytes: Buffer): void => {
    for (const key of bytes.toString("utf8").toLowerCase()) {
      if (key === "\u0003") process.kill(process.pid, "SIGINT");
      else if (isAsked && keys.includes(key)) resolve(key);
    }
  };
  const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("no longer asked"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  stdin.setRawMode(true);
  stdin.on("data", take);
  stdin.resume();
  try {
    await Promise.race([promise, sleep(EARLY_MS)]);
    isAsked = true;
    screen.ask(question);
    const key = await promise;
    screen.ask(`${key}\n`);
    return key;
  } catch (error) {
    if (isAsked) screen.ask("\n");
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stdin.off("data", take);
    stdin.setRawMode(false);
    stdin.pause();
    screen.asked();
  }
}

/**
 * Asks for a line of text. Ctrl-C is passed on as SIGINT.
 * @throws the signal's reason once somebody else has answered; an error at the end of input.
 */
export async function askLine(screen: Screen, question: string, signal: AbortSignal): Promise<string> {
  screen.ask("");
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("no longer asked"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  lines.on("close", () => reject(new Error("The input ended.")));
  lines.question(question, resolve);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    lines.close();
    screen.asked();
  }
}
