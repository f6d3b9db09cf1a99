import type { Entry } from "../lib/device-storage.ts";

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const MAX_DIRECTORIES = 12;

/** The directories that threads were started in from this device, the newest first. */
export const DIRECTORIES: Entry<readonly string[]> = {
  name: "directories",
  read: (stored) => (isStrings(stored) ? stored : []),
};

export const withDirectory = (before: readonly string[], path: string): string[] =>
  [path, ...before.filter((each) => each !== path)].slice(0, MAX_DIRECTORIES);

/** The agent of the last thread that was started from this device. */
export const LAST_AGENT: Entry<string | null> = {
  name: "agent",
  read: (stored) => (typeof stored === "string" ? stored : null),
};
