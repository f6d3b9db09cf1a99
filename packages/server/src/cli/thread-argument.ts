import { threadTopic, type Topic } from "@skein/client";
import { InvalidArgumentError } from "commander";
import { POLICIES, type Policy } from "./choose.ts";

/** The topic of a thread named on the command line, refused here when it cannot be one. */
export function threadId(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('A thread\'s id has letters, digits, _ and - only; "skein threads" lists them.');
}

export const topicOf = (thread: string): Topic => threadTopic(thread);

/** Reads a whole number in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

export function policy(text: string): Policy {
  const found = POLICIES.find((candidate) => candidate === text);
  if (found) return found;
  throw new InvalidArgumentError(`Expected one of: ${POLICIES.join(", ")}.`);
}
