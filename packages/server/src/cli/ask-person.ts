import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Screen } from "./screen.ts";
import { harmless } from "./text.ts";

/** Keys pressed before the question was to be seen are no answer to it; the terminal hands them over within this. */
const EARLY_MS = 100;
/** ECMA-48: a control sequence, or a two-character escape. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const ESCAPE_SEQUENCE = /\u001b(?:[[O][0-9;?]*[ -/]*[@-~]|.)/g;

/** What a person has typed: an answer, or why it is none. */
type Read<Answer> = { answer: Answer } | { why: string };

/**
 * Asks for one of several things; resolves with the one chosen. Ctrl-C is passed on as SIGINT.
 * @param atOnce The answer that a single key gives, if it does.
 * @param read The answer of what was typed until Return.
 * @throws the signal's reason once somebody else has answered.
 */
export async function askChoice<Answer>(
  screen: Screen,
  question: string,
  atOnce: (key: string) => Answer | undefined,
  read: (typed: string) => Read<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { stdin } = process;
  let isAsked = false;
  let typed = "";
  const end = (answer: Answer): void => {
    screen.ask("\n");
    resolve(answer);
  };
  const press = (key: string): void => {
    const answer = typed === "" ? atOnce(key.toLowerCase()) : undefined;
    if (answer !== undefined) {
      screen.ask(key);
      end(answer);
    } else if (key === "\r" || key === "\n") {
      const said = read(typed);
      typed = "";
      if ("answer" in said) end(said.answer);
      else screen.ask(`\n${said.why} ${question.slice(question.lastIndexOf("\n") + 1)}`);
    } else if (key === "\u007f" || key === "\b") {
      if (typed !== "") screen.rubOut();
      typed = typed.slice(0, -1);
    } else if (/^[\u0020-\u007e]$/.test(key)) {
      typed += key;
      screen.ask(key);
    }
  };
  const take = (bytes: Buffer): void => {
    // A key such as an arrow comes as an escape sequence: it is no answer.
    for (const key of bytes.toString("utf8").replaceAll(ESCAPE_SEQUENCE, "")) {
      if (key === "\u0003") process.kill(process.pid, "SIGINT");
      else if (isAsked) press(key);
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
    return await promise;
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
  lines.question(harmless(question), resolve);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    lines.close();
    screen.asked();
  }
}
